namespace Postseal.Checks.Lint;

/// <summary>What a policy's parse errors and remarks mean, for people.</summary>
public static class PolicyErrorText
{
    /// <summary>Why a text is no policy, for a code of <see cref="Protocol.MtaSts.StsPolicyErrors"/>.</summary>
    public static string Of(string code) =>
        code switch
        {
            "sts.policy.size" => "the text is longer than the 65536 bytes that senders read",
            "sts.policy.empty" => "the text is empty",
            "sts.policy.bom" => "the text begins with a byte order mark; save it as UTF-8 without BOM",
            "sts.policy.utf8" => "this is not UTF-8 text",
            "sts.policy.line" => "a line must be 'key: value', without a blank in front or before the colon",
            "sts.policy.cr" => "a carriage return must be followed by a line feed",
            "sts.policy.character" => "this character may not stand in a value",
            "sts.policy.version-missing" => "there is no 'version: STSv1' line",
            "sts.policy.version" => "the version must be exactly STSv1",
            "sts.policy.mode-missing" => "there is no 'mode' line (enforce, testing or none, in lower case)",
            "sts.policy.mode" => "the mode must be enforce, testing or none, in lower case",
            "sts.policy.max-age-missing" => "there is no 'max_age' line",
            "sts.policy.max-age" => "max_age must be 1 to 10 digits: seconds",
            "sts.policy.mx-missing" => "there is no 'mx' line; modes enforce and testing need at least one",
            "sts.policy.mx" => "an mx line holds one host name, or *. and a domain; no final dot, port, address or list",
            "sts.policy.mx-idn" => "international names must be written as A-labels (xn--…)",
            "sts.policy.extension-name" =>
                "this key is not allowed: 1 to 32 letters, digits, '_', '-' or '.', beginning with a letter or digit",
            "sts.policy.extension-value" => "this value is not allowed: at least one printable character, no control characters",
            _ => "the text breaks the grammar of RFC 8461 §3.2",
        };

    /// <summary>What is odd, for the code of a <see cref="Protocol.MtaSts.StsPolicyRemark"/>.</summary>
    public static string Remark(string code) =>
        code switch
        {
            "duplicate-key" => "this key was there before; the first one counts",
            "unknown-key" => "this key has no meaning; senders ignore it",
            "blank-line" => "blank lines are outside the grammar, and some senders refuse them",
            "lf-line-ends" => "lines end with LF; legal, CRLF is the safer form",
            "mixed-line-ends" => "some lines end with LF, others with CRLF",
            "no-final-line-end" => "the last line has no line end; legal",
            "trailing-blank" => "blanks at the end of a line; legal",
            "max-age-over" => "max_age is over 31557600 (a year): some senders refuse that",
            "mx-address" => "an address covers no MX host",
            _ => code,
        };
}
