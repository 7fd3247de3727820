using Postseal.Protocol.Tls;
using Postseal.Smtp.Probe;
using Xunit;

namespace Postseal.Tests.Smtp.Probe;

/// <summary>Handshakes that fail, and why.</summary>
public sealed class ProbeHandshakeTests : IDisposable
{
    // Records as a server may send them after the ClientHello: alerts (RFC 8446 §6), and a ServerHello that chooses TLS 1.0 or 1.1.
    private const string ProtocolVersionAlert = "X: 15 03 01 00 02 02 46";
    private const string HandshakeFailureAlert = "X: 15 03 03 00 02 02 28";
    private const string InternalErrorAlert = "X: 15 03 03 00 02 02 50";
    private const string ServerHello10 =
        "X: 16 0301 002a 02 000026 0301 0011223344556677889900112233445566778899001122334455667788990011 00 002f 00";
    private const string ServerHello11 =
        "X: 16 0302 002a 02 000026 0302 0011223344556677889900112233445566778899001122334455667788990011 00 002f 00";

    private readonly ProbeBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    [Trait("rfc", "3207-4-2")]
    [Trait("rfc", "D-RES-2")]
    public async Task Bytes_put_behind_the_220_are_an_injection_and_end_the_conversation()
    {
        await using var peer = _bench.Peer(ProbeBench.UpToTls + "S: 250-injected\nS: 250 REQUIRETLS\nHANG");

        var result = await _bench.ProbeAsync(peer, _bench.Token);

        Assert.Equal(new TlsOutcome.HandshakeFailed("injected-bytes"), result.Tls);
        var stop = Assert.IsType<ProbeStop.ProtocolError>(result.Stop);
        Assert.Equal((ProbeStep.Handshake, "injected-bytes"), (stop.Step, stop.Code));
        Assert.Equal(["EHLO probe.example.net", "STARTTLS"], peer.Heard);
    }

    [Theory]
    [InlineData("HELLO\n" + ProtocolVersionAlert, "protocol-version")]
    [InlineData("HELLO\n" + ServerHello10, "protocol-version")]
    [InlineData("HELLO\n" + ServerHello11, "protocol-version")]
    [InlineData("HELLO\n" + HandshakeFailureAlert, "sslv3_alert_handshake_failure")]
    [InlineData("HELLO\n" + InternalErrorAlert, "tlsv1_alert_internal_error")]
    [InlineData("HELLO\nS: 220 what do you want", "Cannot_determine_the_frame_size_or_a_corrupted_frame_was_received")]
    [InlineData("HELLO\nCLOSE", "closed")]
    [InlineData("HELLO\nX: 16 03 03 40 00 02\nCLOSE", "closed")]
    [InlineData("CLOSE", "closed")]
    [Trait("rfc", "D-RES-2")]
    public async Task A_failed_handshake_is_named_by_its_alert_or_by_what_the_library_says(string steps, string reason)
    {
        var result = await _bench.ProbeAsync(ProbeBench.UpToTls + steps);

        Assert.Equal(new TlsOutcome.HandshakeFailed(reason), result.Tls);
        Assert.Equal(ProbeStep.Handshake, result.Stop?.Step);
        Assert.Null(result.EhloTls);
    }

    [Theory]
    [InlineData(HandshakeFailureAlert, ServerHello10, "protocol-version", "TLSv1")]
    [InlineData(HandshakeFailureAlert, ServerHello11, "protocol-version", "TLSv1.1")]
    [InlineData("CLOSE", ServerHello11, "protocol-version", "TLSv1.1")]
    [InlineData(ProtocolVersionAlert, ServerHello10, "protocol-version", "TLSv1")]
    [InlineData(HandshakeFailureAlert, HandshakeFailureAlert, "sslv3_alert_handshake_failure", null)]
    [InlineData(HandshakeFailureAlert, "S: 500 what", "sslv3_alert_handshake_failure", null)]
    [InlineData(InternalErrorAlert, ServerHello10, "tlsv1_alert_internal_error", "TLSv1")]
    [Trait("rfc", "8996-4-1")]
    [Trait("rfc", "8461-7.2-2")]
    public async Task A_server_too_old_for_TLS_1_2_is_told_from_a_broken_one(
        string modern,
        string old,
        string reason,
        string? legacy
    )
    {
        _bench.Options = _bench.Options with { CompareVariants = true };
        await using var peer = _bench.Peer(ProbeBench.UpToTls + "HELLO\n" + modern, ProbeBench.UpToTls + "HELLO\n" + old);

        var result = await _bench.ProbeAsync(peer, _bench.Token);

        Assert.Equal(new TlsOutcome.HandshakeFailed(reason), result.Tls);
        Assert.Equal(legacy, result.LegacyTls);
        Assert.Equal(2, peer.Connections);
    }
}
