namespace Postseal.Server.SenderTest.Deployment;

/// <summary>What a deployment of the sender test logs.</summary>
internal static partial class DeploymentLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "the certificate in use stays in use: {Problem}")]
    public static partial void CertificateStays(ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "sender test: {Problem}")]
    public static partial void Odd(ILogger logger, string problem);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "sender test: all cases below {Zone} but {NotOffered}; 'postseal-server sender-test zone' says which and why"
    )]
    public static partial void Started(ILogger logger, string zone, int notOffered);
}
