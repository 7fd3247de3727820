namespace Postseal.Server.Pages;

/// <summary>Codes of a check's document in words that fit into a box of the picture. A code from the future is shown as it is.</summary>
internal static class CodeWords
{
    /// <summary>What is wrong with a chain.</summary>
    public static string Certificate(IEnumerable<string> problems) => string.Join(", ", problems.Select(Certificate));

    /// <summary>How asking the policy host went.</summary>
    public static string Fetch(string outcome) =>
        outcome switch
        {
            "fetched" => "fetched",
            "dns" => "no address",
            "dns-failure" => "DNS fails",
            "address-refused" => "address is not public",
            "tcp" => "no connection",
            "tls-version" => "TLS version too old",
            "tls-alert" => "TLS refused",
            "tls-handshake" => "TLS handshake fails",
            "tls-name" => "wrong certificate name",
            "tls-expired" => "certificate out of date",
            "tls-untrusted" => "certificate not trusted",
            "http-status" => "wrong HTTP status",
            "redirect" => "answers with a redirect",
            "media-type" => "wrong content type",
            "content-coding" => "compressed",
            "size" => "text too long",
            "timeout" => "no answer in time",
            "http-protocol" => "broken HTTP answer",
            _ => Html.Safe(outcome),
        };

    /// <summary>True for a remark that no sender refuses a chain for.</summary>
    public static bool IsRemark(string problem) => problem is "chain-order" or "weak-key" or "sha1" or "ku";

    private static string Certificate(string problem) =>
        problem switch
        {
            "name" => "wrong name",
            "expired" => "expired",
            "not-yet-valid" => "not valid yet",
            "untrusted" => "not trusted",
            "self-signed" => "self-signed",
            "chain-incomplete" => "intermediate missing",
            "chain-order" => "sent in wrong order",
            "weak-key" => "weak key",
            "sha1" => "weak signature (SHA-1)",
            "eku" => "not made for servers",
            "ku" => "wrong key usage",
            "signature" => "bad signature",
            "constraints" => "forbidden by its issuer",
            "oversized" => "too long or too large",
            _ => Html.Safe(problem),
        };
}
