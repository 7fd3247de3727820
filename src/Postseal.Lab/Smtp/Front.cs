using System.Collections.Immutable;
using System.Net;
using Postseal.Lab.Tls;

namespace Postseal.Lab.Smtp;

/// <summary>The mail servers that stand at one address. Where there are several, a client says by SNI or RCPT which of them it means; until then it
/// meets a server that belongs to none.</summary>
/// <param name="Greeter">Who greets, and who answers a client that names nobody: the only one, or one made for it.</param>
/// <param name="Members">All of them, each with the domain it belongs to.</param>
internal sealed record Front(Receiver Greeter, ImmutableArray<(Receiver Receiver, string Domain)> Members)
{
    /// <summary>The only recipient without a domain that there is (RFC 5321 §4.1.1.3, §4.5.1), in lower case.</summary>
    public const string Postmaster = "postmaster";

    /// <summary>Whether a client has to say which of them it means.</summary>
    public bool IsShared => Members.Length > 1;

    /// <summary>The front of an address.</summary>
    /// <param name="name">What a server that belongs to none calls itself.</param>
    public static Front Of(IPAddress address, ImmutableArray<(Receiver Receiver, string Domain)> members, string name) =>
        members is [var only]
            ? new(only.Receiver, members)
            : new(new Receiver(name, address) { Accepts = a => a == Postmaster, Tls = TlsFace.Good }, members);

    /// <summary>Whom a client means that asks for this name; the greeter where there is no such server (RFC 8461 §7.1: nobody is refused for it).</summary>
    public Receiver BySni(string? name) => Members.FirstOrDefault(m => m.Receiver.Host == name).Receiver ?? Greeter;

    /// <summary>A recipient with its domain: who asks for the postmaster without one means that of the server he has reached. At a server that belongs to
    /// none it stays as it is.</summary>
    /// <param name="address">In lower case.</param>
    /// <param name="chosen">Who was chosen by SNI, or the greeter.</param>
    public string Whole(string address, Receiver chosen) =>
        address == Postmaster && Members.FirstOrDefault(m => m.Receiver == chosen).Domain is { } domain
            ? $"{Postmaster}@{domain}"
            : address;

    /// <summary>Whose recipient this is.</summary>
    /// <param name="address">In lower case.</param>
    /// <param name="chosen">Who was chosen by SNI, or the greeter.</param>
    public Recipient To(string address, Receiver chosen)
    {
        if (!IsShared)
            return new(Greeter, Greeter.Host);

        var domain = address[(address.LastIndexOf('@') + 1)..];
        Receiver[] own = [.. Members.Where(m => m.Domain == domain).Select(m => m.Receiver)];
        return own switch
        {
            [] => new(Greeter, chosen.Host),
            _ when own.Contains(chosen) => new(chosen, chosen.Host),
            [var one] => new(one, one.Host),
            // Which of the domain's servers it wanted to reach cannot be told.
            [var first, ..] => new(first, domain),
        };
    }
}

/// <summary>Who decides about a recipient.</summary>
/// <param name="Receiver">The mail server.</param>
/// <param name="Host">The name that it was reached by, or its domain where that is not known.</param>
internal sealed record Recipient(Receiver Receiver, string Host);
