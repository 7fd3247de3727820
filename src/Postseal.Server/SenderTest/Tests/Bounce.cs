using System.Text.RegularExpressions;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>What a bounce says about one message of a test: a delivery status notification (RFC 3464), or the words of a mail server, its queue or its log, as a
/// person pastes them. Anybody can write such a thing, so it is evidence that is told and decides nothing.</summary>
/// <param name="Address">The recipient.</param>
/// <param name="Action"><c>failed</c>, <c>delayed</c> … (RFC 3464 §2.3.3); null where it is not said.</param>
/// <param name="Status">The enhanced status code (RFC 3463), such as <c>5.7.10</c>; null where there is none.</param>
/// <param name="Text">The reason in the words of the server; one line, perhaps empty. Text from outside.</param>
internal sealed partial record Bounce(Address Address, string? Action, string? Status, string Text)
{
    // An action is a word.
    private const int MaxAction = 20;

    // Of an explanation: more than is kept of it.
    private const int MostLines = 10;

    /// <summary>Finds what is said about the addresses of one test; of each address the best that is said.</summary>
    /// <param name="pasted">Anything at all.</param>
    /// <param name="mailbox">Of the test.</param>
    public static IReadOnlyList<Bounce> Read(string pasted, string mailbox)
    {
        var text = Folded().Replace(Quoted().Replace(pasted.ReplaceLineEndings("\n"), ""), " ");
        string[] blocks = [.. Blank().Split(text).Where(b => b.Length > 0)];
        return
        [
            .. blocks
                .SelectMany((block, i) => OfFields(block, mailbox) is { } notice ? [notice] : OfWords(blocks, i, mailbox))
                .GroupBy(b => b.Address)
                .Select(g => g.MaxBy(b => (b.Action is not null, b.Status is not null, b.Text.Length > 0))!)
                .Take(TestLimits.BouncesAtOnce),
        ];
    }

    // A block of fields about one recipient (RFC 3464 §2.3).
    private static Bounce? OfFields(string block, string mailbox)
    {
        var fields = block
            .Split('\n')
            .Select(l => l.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(f => f.Length == 2)
            .ToLookup(f => f[0], f => f[1], StringComparer.OrdinalIgnoreCase);
        var address = fields["Final-Recipient"]
            .Concat(fields["Original-Recipient"])
            .SelectMany(v => Addresses(v, mailbox))
            .FirstOrDefault();
        if (address is null)
            return null;

        var action = fields["Action"].FirstOrDefault();
        var reason = fields["Diagnostic-Code"].FirstOrDefault() ?? "";
        var status = fields["Status"].Select(StatusIn).FirstOrDefault(s => s is not null);
        return new(
            address,
            action?.Length <= MaxAction ? action.ToLowerInvariant() : null,
            status ?? StatusIn(reason),
            ObservationText.Cut(reason)
        );
    }

    // Words around an address; what stands alone is explained by what comes after it.
    private static IEnumerable<Bounce> OfWords(string[] blocks, int index, string mailbox)
    {
        var lines = blocks[index].Split('\n');
        foreach (var (i, line) in lines.Index().Where(l => !Header().IsMatch(l.Item)))
        {
            foreach (var address in Addresses(line, mailbox))
            {
                var isAlone = line.Trim('<', '>', ':', '.', ' ').Length <= address.ToString().Length;
                var words = After(address, string.Join(' ', isAlone ? Below(i + 1) : [line, .. Until(lines[(i + 1)..])]));
                yield return new(address, null, StatusIn(words), ObservationText.Cut(words));
            }
        }

        string[] Below(int from) =>
            Until(from < lines.Length ? lines[from..] : blocks.ElementAtOrDefault(index + 1)?.Split('\n') ?? []);

        string[] Until(string[] rest) => [.. rest.Take(MostLines).TakeWhile(l => !Addresses(l, mailbox).Any())];
    }

    // Which recipient it is about is known.
    private static string After(Address address, string words) =>
        words.TrimStart('<', ' ') is var text && text.StartsWith(address.ToString(), StringComparison.OrdinalIgnoreCase)
            ? text[address.ToString().Length..].TrimStart('>', ':', '.', ',', ' ')
            : words;

    private static IEnumerable<Address> Addresses(string text, string mailbox)
    {
        foreach (Match match in OneAddress().Matches(text))
        {
            if (Address.TryRead(match.Value.ToLowerInvariant().TrimEnd('.'), out var address) && address.Mailbox == mailbox)
                yield return address;
        }
    }

    private static string? StatusIn(string text) => StatusCode().Match(text) is { Success: true, Value: var code } ? code : null;

    [GeneratedRegex("[A-Za-z2-7]{26}(-[2-9])?@[A-Za-z0-9.-]{1,253}", RegexOptions.CultureInvariant)]
    private static partial Regex OneAddress();

    [GeneratedRegex("(?<![0-9.])[245]\\.[0-9]{1,3}\\.[0-9]{1,3}(?![0-9.]*[0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex StatusCode();

    // The headers of the message that is sent back with it say nothing of what became of it.
    [GeneratedRegex(
        "^(To|Cc|Bcc|From|Sender|Reply-To|Subject|Return-Path|Delivered-To|Envelope-To|Received|Message-ID|References|In-Reply-To|X-[A-Za-z-]{1,40}): ",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Header();

    // As it is forwarded.
    [GeneratedRegex("^(>[ \\t]?)+", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Quoted();

    [GeneratedRegex("\\n[ \\t]+(?=[^\\s])", RegexOptions.CultureInvariant)]
    private static partial Regex Folded();

    [GeneratedRegex("\\n(?:[ \\t]*\\n)+", RegexOptions.CultureInvariant)]
    private static partial Regex Blank();
}
