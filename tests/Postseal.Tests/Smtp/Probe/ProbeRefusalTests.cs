using Postseal.Protocol.Tls;
using Postseal.Smtp.Probe;
using Xunit;

namespace Postseal.Tests.Smtp.Probe;

/// <summary>Servers that answer, but not with what a sender needs.</summary>
public sealed class ProbeRefusalTests : IDisposable
{
    private const string Ehlo = "S: 220 hi\nC: EHLO *\n";
    private const string Offer = Ehlo + "S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\n";
    private const string NoOffer = Ehlo + "S: 250-mx\nS: 250 SIZE\nC: STARTTLS\n";

    private readonly ProbeBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("S: 554 5.7.1 your address is listed\nC: QUIT\nS: 221 bye", ProbeStep.Greeting, 554)]
    [InlineData("S: 421 too many connections", ProbeStep.Greeting, 421)]
    [InlineData("S: 450 4.2.0 greylisted\nC: QUIT", ProbeStep.Greeting, 450)]
    [InlineData("S: 250 what\nC: QUIT", ProbeStep.Greeting, 250)]
    [InlineData(Ehlo + "S: 451 4.7.1 try later\nC: QUIT", ProbeStep.Ehlo, 451)]
    [InlineData(Ehlo + "S: 550 who are you\nC: QUIT", ProbeStep.Ehlo, 550)]
    [InlineData(Ehlo + "S: 502 not implemented\nC: QUIT", ProbeStep.Ehlo, 502)]
    public async Task A_refusal_before_TLS_can_be_asked_for_tells_nothing_about_TLS(string script, ProbeStep step, int code)
    {
        var result = await _bench.ProbeAsync(script);

        Assert.Equal(new TlsOutcome.Unknown($"smtp-{code}"), result.Tls);
        var stop = Assert.IsType<ProbeStop.Rejected>(result.Stop);
        Assert.Equal((step, code), (stop.Step, stop.Reply.Code));
    }

    [Theory]
    [InlineData("454 4.7.0 TLS not available", 454)]
    [InlineData("501 5.5.4 no parameters", 501)]
    [InlineData("421 shutting down", 421)]
    [InlineData("554 no", 554)]
    [InlineData("250 fine", 250)]
    [Trait("rfc", "3207-4-1")]
    [Trait("rfc", "D-RES-1")]
    public async Task An_offer_that_is_not_answered_220_is_refused(string reply, int code)
    {
        var result = await _bench.ProbeAsync($"{Offer}S: {reply}\nC: QUIT\nS: 221 bye");

        Assert.Equal(new TlsOutcome.CommandRefused(code), result.Tls);
        Assert.Equal(code, result.StartTlsReply?.Code);
        Assert.Equal(ProbeStep.StartTls, Assert.IsType<ProbeStop.Rejected>(result.Stop).Step);
    }

    [Theory]
    [InlineData("502 5.5.1 not implemented")]
    [InlineData("500 what")]
    [InlineData("454 4.7.0 TLS not available")]
    [Trait("rfc", "D-RES-1")]
    public async Task Without_an_offer_a_refusal_is_only_consistent(string reply)
    {
        var result = await _bench.ProbeAsync($"{NoOffer}S: {reply}\nC: QUIT\nS: 221 bye");

        Assert.Equal(new TlsOutcome.NotOffered(), result.Tls);
        Assert.False(result.HiddenStartTls);
        Assert.Null(result.Stop);
    }

    [Fact]
    public async Task Without_an_offer_a_server_that_hangs_up_on_STARTTLS_still_offers_none()
    {
        var result = await _bench.ProbeAsync(NoOffer + "CLOSE");

        Assert.Equal(new TlsOutcome.NotOffered(), result.Tls);
        Assert.Equal(ProbeStep.StartTls, Assert.IsType<ProbeStop.Closed>(result.Stop).Step);
    }

    [Fact]
    public async Task STARTTLS_that_works_without_being_offered_is_noticed_and_is_no_offer()
    {
        var result = await _bench.ProbeAsync(NoOffer + "S: 220 go\nTLS good" + ProbeBench.AfterTls);

        Assert.True(result.HiddenStartTls);
        Assert.Equal(new TlsOutcome.NotOffered(), result.Tls);
        Assert.Equal(["REQUIRETLS"], result.EhloTls?.Keywords.Select(k => k.Name));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2")]
    [InlineData("HTTP/1.1 400 Bad Request")]
    [InlineData("+OK POP3 ready")]
    [InlineData("220hello")]
    public async Task What_does_not_speak_SMTP_is_unknown(string banner)
    {
        var result = await _bench.ProbeAsync($"S: {banner}\nHANG");

        Assert.Equal(new TlsOutcome.Unknown("not-smtp"), result.Tls);
        Assert.Equal("not-smtp", Assert.IsType<ProbeStop.ProtocolError>(result.Stop).Code);
    }

    [Theory]
    [InlineData("CLOSE", "closed-greeting")]
    [InlineData("S: 220-mx", "closed-greeting")]
    [InlineData("X: 32 32 30 20", "closed-greeting")]
    [InlineData(Ehlo + "CLOSE", "closed-ehlo")]
    [InlineData(Ehlo + "S: 250-mx\nCLOSE", "closed-ehlo")]
    public async Task A_connection_closed_before_TLS_can_be_asked_for_tells_nothing_about_TLS(string script, string reason)
    {
        var result = await _bench.ProbeAsync(script);

        Assert.Equal(new TlsOutcome.Unknown(reason), result.Tls);
        Assert.IsType<ProbeStop.Closed>(result.Stop);
    }

    [Theory]
    [InlineData("CLOSE", "starttls-closed")]
    [InlineData("S: hello", "not-smtp")]
    [Trait("rfc", "D-RES-2")]
    public async Task An_offer_that_is_not_answered_in_SMTP_is_broken(string step, string reason)
    {
        var result = await _bench.ProbeAsync(Offer + step);

        Assert.Equal(new TlsOutcome.HandshakeFailed(reason), result.Tls);
    }
}
