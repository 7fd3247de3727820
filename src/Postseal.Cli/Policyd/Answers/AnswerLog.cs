using Microsoft.Extensions.Logging;

namespace Postseal.Cli.Policyd.Answers;

/// <summary>What answering says in the log.</summary>
internal static partial class AnswerLog
{
    [LoggerMessage(100, LogLevel.Debug, "answer domain={Domain} reply={Reply} cause={Cause}")]
    public static partial void Answered(ILogger log, string domain, string reply, string cause);

    [LoggerMessage(
        101,
        LogLevel.Warning,
        "Unknown map name {Name}: answered as 'postfix'. Known are postfix, postfix-tlsrpt (Postfix 3.10 and later), sendmail, sts, QUERY, QUERYwithTLSRPT."
    )]
    public static partial void UnknownMap(ILogger log, string name);
}
