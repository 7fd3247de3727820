using System.Globalization;
using System.Text;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>A message whose answer "to all" reaches every address of a test: for systems that can do nothing but answer.</summary>
internal static class ReplyMessage
{
    /// <summary>The message (RFC 5322), ASCII. It is for downloading: this server sends no mail.</summary>
    public static string Of(TestReport report)
    {
        var addresses = report.Addresses.ToArray();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"From: Sender test <{addresses[0]}>\r\n");
        text.Append("To: ").AppendJoin(",\r\n ", addresses).Append("\r\n");
        text.Append(CultureInfo.InvariantCulture, $"Date: {report.RoundAt.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} +0000\r\n");
        text.Append(CultureInfo.InvariantCulture, $"Message-ID: <{addresses[0]}>\r\n");
        text.Append("Subject: Sender test\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n");
        return text.Append("Please answer this message with \"reply all\".\r\n").ToString();
    }
}
