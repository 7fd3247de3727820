namespace Postseal.Cli.Policyd.Configuration;

/// <summary>Why a policy could not be learned. Each cause can be made to answer <c>TEMP</c>, which defers the mail, in place of <c>NOTFOUND</c>.</summary>
internal enum TempCause
{
    /// <summary>DNS failed for the policy record.</summary>
    Dns,

    /// <summary>The policy host could not be asked, or answered with something else.</summary>
    Fetch,

    /// <summary>The text that was fetched is no policy.</summary>
    Policy,

    /// <summary>DNS failed for the MX records.</summary>
    Mx,

    /// <summary>The answer took longer than <c>--timeout</c>.</summary>
    Timeout,
}
