using Postseal.Checks.Facts;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;

namespace Postseal.Checks.Rules;

/// <summary>What the TXT answers of a domain look like to a person, where the grammar only says that they do not count.</summary>
internal static class DiscoveryRecordTexts
{
    /// <summary>How a text misses being a record.</summary>
    internal enum Miss
    {
        /// <summary>Nothing but the version.</summary>
        NothingElse,

        /// <summary>The version is right, and something other than a semicolon follows.</summary>
        Separator,

        /// <summary>The version is absent, misspelt, or not first.</summary>
        Version,
    }

    /// <summary>The first text that was meant to be a record and is not, with the reason; null when there is none.</summary>
    /// <param name="texts">Texts that do not begin with the version and a semicolon.</param>
    /// <param name="version">For example <c>v=STSv1</c>.</param>
    /// <param name="family">The part of the version that every misspelling keeps, for example <c>STS</c>.</param>
    /// <param name="field">A field that no other kind of record begins with, for example <c>id=</c>.</param>
    public static (string Text, Miss Miss)? NearMiss(IEnumerable<string> texts, string version, string family, string field)
    {
        foreach (var text in texts.Where(t => IsMeant(t, version, family, field)))
        {
            var rest = text.StartsWith(version, StringComparison.Ordinal) ? text[version.Length..].Trim() : null;
            return rest switch
            {
                "" => (text, Miss.NothingElse),
                not null when !char.IsAsciiLetterOrDigit(text[version.Length]) => (text, Miss.Separator),
                _ => (text, Miss.Version),
            };
        }

        return null;
    }

    /// <summary>True for an SPF record (RFC 7208 §4.5).</summary>
    public static bool IsSpf(string text) =>
        text.Equals("v=spf1", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("v=spf1 ", StringComparison.OrdinalIgnoreCase);

    /// <summary>The first text of an answer that begins with a version.</summary>
    public static string? Starting(DnsAnswer<string> answer, string version) =>
        answer is DnsAnswer<string>.Found { Records: var records }
            ? records.FirstOrDefault(t => t.StartsWith(version, StringComparison.Ordinal))
            : null;

    /// <summary>Where the CNAMEs of an answer lead; null for a direct answer.</summary>
    public static DomainName? Target(DnsAnswer<string> answer) =>
        answer switch
        {
            DnsAnswer<string>.Found { Aliases: [.., var last] } => last,
            DnsAnswer<string>.Absent { Aliases: [.., var last] } => last,
            _ => null,
        };

    /// <summary>True when nothing could be protected: the domain takes no mail, on purpose or because it does not exist.</summary>
    public static bool TakesNoMail(DomainFacts facts) => facts.Mx is MxLookup.NullMx or MxLookup.Nowhere;

    /// <summary>True when every look-up failed in the same way: the cause is one, a resolver or the domain's name servers.</summary>
    public static bool NothingAnswers(DomainFacts facts) =>
        facts
            is {
                Sts.Txt: DnsAnswer<string>.Failed { Failure: var txt },
                TlsRptTxt: DnsAnswer<string>.Failed { Failure: var reports },
                Mx: MxLookup.Failed { Failure: var mx },
            }
        && txt == reports
        && txt == mx;

    /// <summary>A DNS failure as the end of "because …".</summary>
    public static string Because(DnsFailure failure) =>
        failure switch
        {
            DnsFailure.Timeout => "no name server answered in time",
            DnsFailure.Unreachable => "no name server could be reached",
            DnsFailure.ServFail => "the name server reported a failure (SERVFAIL)",
            DnsFailure.Bogus => "the DNSSEC signatures do not verify",
            DnsFailure.Refused => "the name server refused to answer",
            DnsFailure.Malformed => "the answer could not be understood",
            DnsFailure.AliasLoop => "its CNAMEs run in a circle, or are too many",
            _ => "of a failure in DNS",
        };

    private static bool IsMeant(string text, string version, string family, string field)
    {
        var bare = text.Trim().Trim('"', '\'').TrimStart();
        return bare.Contains(version[2..], StringComparison.OrdinalIgnoreCase)
            || bare.StartsWith(field, StringComparison.OrdinalIgnoreCase)
            || (
                bare.StartsWith('v') || bare.StartsWith('V')
                    ? bare[1..].TrimStart(' ', '\t', '=', ':').StartsWith(family, StringComparison.OrdinalIgnoreCase)
                    : bare.StartsWith(family, StringComparison.OrdinalIgnoreCase)
            );
    }
}
