using System.Text;
using Postseal.Checks.Json;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;

namespace Postseal.Checks.Lint;

/// <summary>Is this text a policy, and if not, where is the fault?</summary>
public static class PolicyLint
{
    /// <summary>RFC 8461 §3.3: senders read no more.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Reads a text that may be anything. Of one longer than <see cref="MaxBytes"/> the caller need not pass more than one byte beyond.</summary>
    public static LintDocument Inspect(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxBytes)
        {
            var error = new LintError("sts.policy.size", MaxBytes, 1, 1, PolicyErrorText.Of("sts.policy.size"));
            return new("postseal.lint/1", Valid: false, error, [], null);
        }

        if (!StsPolicy.TryParse(text, out var policy, out var fault) && fault.Code == StsPolicyErrors.Utf8)
            return new("postseal.lint/1", Valid: false, Located(text, fault), [], null); // what is no text has no lines to remark on

        LintRemark[] remarks = [.. StsPolicyRemark.Inspect(text).Select(r => new LintRemark(r.Code, r.Line, r.Text))];
        if (policy is null)
            return new("postseal.lint/1", Valid: false, Located(text, fault!), remarks, null);

        var part = new PolicyPart(
            Encoding.UTF8.GetString(text),
            policy.Mode.ToWire(),
            policy.MaxAge,
            [.. policy.Mx.Select(m => m.ToString())]
        );
        return new("postseal.lint/1", Valid: true, null, remarks, part);
    }

    private static LintError Located(ReadOnlySpan<byte> text, ParseError fault)
    {
        var before = text[..Math.Min(fault.Offset, text.Length)];
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(before[lineStart..]) + 1;
        return new(fault.Code, fault.Offset, before.Count((byte)'\n') + 1, column, PolicyErrorText.Of(fault.Code));
    }
}
