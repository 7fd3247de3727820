namespace Postseal.Server.SenderTest.Tests;

/// <summary>What tests may cost.</summary>
internal static class TestLimits
{
    /// <summary>Tests that are open at a time: each takes some 20 KB of memory, some hundred KB at the most (<see cref="Remembered"/>), and what
    /// <see cref="ReservedBytes"/> and <see cref="SharedBytes"/> say of disk.</summary>
    public const int Live = 2000;

    /// <summary>Tests that one client has open at a time.</summary>
    public const int LivePerClient = 20;

    /// <summary>Tests that the network around a client has open at a time.</summary>
    public const int LivePerNetwork = LivePerClient * ClientKey.NetworkShare;

    /// <summary>Observations kept of one test that come from its sender's addresses: three rounds of thirty cases, with a policy host and a mail server each, six kinds of each, and eight of each kind.</summary>
    public const int Observations = 4500;

    /// <summary>Observations kept besides, of each round, from addresses that have named no recipient of the test: a sender's own fetchers and resolvers, which ask some eight
    /// questions about each of thirty cases, and whoever else asks.</summary>
    public const int Strange = 500;

    /// <summary>Recipients, deliveries and reports kept of one test besides: eight of each, for three rounds of thirty cases.</summary>
    public const int Telling = 2000;

    /// <summary>Bytes of one text from outside as it is kept: as many letters, fewer of what needs several bytes.</summary>
    public const int TextBytes = 300;

    /// <summary>Bytes of one observation as it is kept: six texts at the most, and what stands around them. Most have 150.</summary>
    public const int ObservationBytes = 2304;

    /// <summary>What the database adds to one observation: its keys and its place in an index.</summary>
    public const int RowBytes = 96;

    /// <summary>Bytes of <see cref="Observations"/>: as many of common size.</summary>
    public const int OwnBytes = 1024 * 1024;

    /// <summary>Bytes of <see cref="Strange"/>, of each round.</summary>
    public const int StrangeBytes = 128 * 1024;

    /// <summary>Bytes of <see cref="Telling"/>.</summary>
    public const int TellingBytes = 256 * 1024;

    /// <summary>Bytes that each test has for itself whatever others take: a round of most senders. All of them together: 125 MB.</summary>
    public const int ReservedBytes = 64 * 1024;

    /// <summary>Bytes beyond that of all tests together. Who wants to use them up needs some seventy tests that are flooded as far as one can be.</summary>
    public const long SharedBytes = 128 * 1024 * 1024;

    /// <summary>Observations of one kind about one host in one round: a sender that tries again every minute for days shows nothing new.</summary>
    public const int OfOneKind = 8;

    /// <summary>The same question of one stranger in one round, with the same answer: a resolver asks again whenever a message is tried.</summary>
    public const int OfOneQuestion = 2;

    /// <summary>Places that one client has at a time, of those that there are for all.</summary>
    public const int PlacesPerClient = 2;

    /// <summary>Places that the network around a client has at a time: half of the eight that there usually are.</summary>
    public const int PlacesPerNetwork = 4;

    /// <summary>A test in which nothing of its sender's has been seen for so long gives its place to another that needs one. A sender that tries again comes sooner, and a visitor who
    /// is at it goes on sooner: rounds are a few minutes apart.</summary>
    public static readonly TimeSpan IdlePlace = TimeSpan.FromHours(1);

    /// <summary>Observations of all open tests together of which it is known in memory that they have been kept: 40 bytes each, 40 MB. Beyond that a test takes no more than <see cref="RememberedEach"/>.</summary>
    public const int Remembered = 1_000_000;

    /// <summary>What each test may have whatever others have: three rounds of a sender that does what it should.</summary>
    public const int RememberedEach = 1_000;

    /// <summary>Bytes of memory for readings of tests and their pages, which are kept until something changes.</summary>
    public const long KeptBytes = 48 * 1024 * 1024;

    /// <summary>Streams of events that one client has open at a time: some pages of one person, or of the few that share an office and test together. Each
    /// holds a connection, of which there are 10,000 for all.</summary>
    public const int WatchersPerClient = 8;

    /// <summary>Streams of events of one test at a time: the page of a test goes round in a team, not in the world.</summary>
    public const int WatchersPerTest = 50;

    /// <summary>Addresses of one sender: large ones have hundreds, of which a test sees a few.</summary>
    public const int Clients = 100;

    /// <summary>Observations that wait to be written down. A full second of a flood; with those of mail 32 MB at the most, as each has six texts of <see cref="Text"/> at the most.</summary>
    public const int Queue = 6_000;

    /// <summary>Recipients, deliveries and reports that wait when <see cref="Queue"/> is used up: fewer, as each takes a session or a request that is answered.</summary>
    public const int QueueOfMail = 3_000;

    /// <summary>Observations that nobody's are yet.</summary>
    public const int Unclaimed = 5000;

    /// <summary>The same of one client. A sender that begins with the domains it refuses does some six things at each of thirty, perhaps at two servers, before it names the test.</summary>
    public const int UnclaimedPerClient = 500;

    /// <summary>Recipients that are taken from one text that a visitor pastes: all that a test has in a round, and some of another.</summary>
    public const int BouncesAtOnce = 50;

    /// <summary>Characters kept of a text from outside: user agents and EHLO names of any use are shorter.</summary>
    public const int Text = 300;

    /// <summary>A day longer than the longest queue life time of common mail servers, and room for a daily TLS report.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);

    /// <summary>So long after the messages of the latest round were due nothing is expected to change. All rounds end within <see cref="Life"/>.</summary>
    public static readonly TimeSpan Final = TimeSpan.FromHours(48);

    /// <summary>A test in which nothing has happened for so long does not claim what has no other owner, if another does.</summary>
    public static readonly TimeSpan Active = TimeSpan.FromMinutes(15);
}
