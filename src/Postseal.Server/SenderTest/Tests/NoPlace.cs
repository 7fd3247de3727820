namespace Postseal.Server.SenderTest.Tests;

/// <summary>Why a test has none of the domains that change, in sentences for who opened it.</summary>
internal static class NoPlace
{
    /// <summary>All are taken.</summary>
    public const string NoneFree =
        "All domains that change in the course of a test are in use by other tests; open a test later.";

    /// <summary>Who opened the test has as many as one client may have.</summary>
    public const string OwnShare =
        "Two other tests that were opened from your network address have domains that change in the course of a test, and one address gets no more. If one is yours and not needed any more, delete it on its page, and open a test again. If they are of others behind the same address, as in a company or at a provider that shares addresses, open a test later or from another network.";

    /// <summary>The network around who opened the test has as many as one network may have.</summary>
    public const string NetworkShare =
        "Four other tests that were opened from the network around your address have domains that change in the course of a test, and one network gets no more. Open a test later or from another network.";

    /// <summary>The server has been started anew since, and does not know any more.</summary>
    public const string Forgotten =
        "No set of the domains that change in the course of a test was to be had when this test was opened; open a test later.";
}
