using System.Globalization;
using Postseal.Lab.Domains;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>
/// The recipient domains of the sender test, and what stands between them and the tests. Domains that stay as they are serve all tests. Those that
/// change with the test exist several times, and each test that is open has one set of them, a place, to itself.
/// </summary>
public sealed class SenderBench
{
    /// <summary>Places unless it is said otherwise. Each takes some domains with an address for each server.</summary>
    public const int StandardPlaces = 8;

    // Addresses are made from names, so some names do not fit beside the others. One in a hundred does not.
    private const int MostAttempts = 1000;

    private readonly HashSet<string> _absent;
    private readonly Func<LabDomain, LabDomain> _place;
    private readonly IReadOnlyList<SenderCase> _shared;
    private readonly List<(int Number, IReadOnlyList<SenderCase> Cases)> _places = [];
    private readonly Dictionary<string, int> _placeOf = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal); // that senders ask for
    private readonly Lock _renewing = new();
    private Action<LabDomain> _replace = _ => { };
    private string _policyId = LabDomain.PolicyId;

    /// <summary>Makes the domains on loopback; they have to be started by a lab.</summary>
    /// <param name="zone">The zone of all of them.</param>
    /// <param name="beside">Domains of the same lab, whose addresses are taken.</param>
    /// <param name="places">How many tests can have domains that change, at a time.</param>
    /// <param name="notOffered">Cases that cannot be offered here, with the reason.</param>
    public SenderBench(string zone, IEnumerable<LabDomain> beside, int places, IReadOnlyDictionary<string, string> notOffered)
        : this(zone, notOffered, notOffered.Keys, d => d)
    {
        var taken = beside.Concat(Unchanging(LabDomain.PolicyId).Select(c => c.Stages[0].Domain)).SelectMany(Hosts).ToHashSet();
        for (var i = 1; i <= MostAttempts && _places.Count < places; i++)
        {
            var cases = CasesOfPlace(i, LabDomain.PolicyId);
            var hosts = cases.Select(c => c.Stages[0].Domain).SelectMany(Hosts).ToArray();
            if (hosts.Distinct().Count() < hosts.Length || hosts.Any(taken.Contains))
                continue;

            taken.UnionWith(hosts);
            AddPlace(i, cases);
        }
    }

    /// <summary>Makes the domains for addresses that many of them share.</summary>
    /// <param name="zone">The zone of all of them.</param>
    /// <param name="places">How many tests can have domains that change, at a time.</param>
    /// <param name="notOffered">Cases that cannot be offered here, with the reason.</param>
    /// <param name="absent">Those of them that have no domain at all; the others wait for something.</param>
    /// <param name="place">Gives the servers of a domain their addresses.</param>
    internal SenderBench(
        string zone,
        int places,
        IReadOnlyDictionary<string, string> notOffered,
        IEnumerable<string> absent,
        Func<LabDomain, LabDomain> place
    )
        : this(zone, notOffered, absent, place)
    {
        for (var i = 1; i <= places; i++)
            AddPlace(i, CasesOfPlace(i, LabDomain.PolicyId));
    }

    private SenderBench(
        string zone,
        IReadOnlyDictionary<string, string> notOffered,
        IEnumerable<string> absent,
        Func<LabDomain, LabDomain> place
    )
    {
        (Zone, NotOffered, Intake, _absent, _place) = (zone, notOffered, new(zone, _names.Contains), [.. absent], place);
        _shared = CaseCatalogue.All(zone, Intake.Accepts, LabDomain.PolicyId, place);
        _names.UnionWith(_shared.SelectMany(CaseNames.Of));
    }

    /// <summary>The zone of all cases.</summary>
    public string Zone { get; }

    /// <summary>Cases that cannot be offered here, with the reason.</summary>
    public IReadOnlyDictionary<string, string> NotOffered { get; }

    /// <summary>Whether no sender finds the servers without asking here for their names.</summary>
    public bool SeesEveryQuestion { get; init; }

    /// <summary>What mail servers ask and tell.</summary>
    public Intake Intake { get; }

    /// <summary>How many tests can have domains that change.</summary>
    public int Places => _places.Count;

    /// <summary>How mail reaches these domains; null where it does as everywhere.</summary>
    public BenchHint? Hint { get; private set; }

    /// <summary>All domains as they are before any test; the ids of their policies are none to play with.</summary>
    public IEnumerable<LabDomain> Domains => DomainsWith(LabDomain.PolicyId);

    /// <summary>All domains as they are before any test.</summary>
    /// <param name="policyId">The id of their policies.</param>
    public IEnumerable<LabDomain> DomainsWith(string policyId) =>
        Unchanging(policyId).Concat(_places.SelectMany(p => CasesOfPlace(p.Number, policyId))).Select(c => c.Stages[0].Domain);

    /// <summary>The domains have been started.</summary>
    /// <param name="policyId">The id of their policies.</param>
    /// <param name="replace">Puts a domain in the place of the one of the same name.</param>
    /// <param name="hint">How mail reaches it, or null.</param>
    public void Attach(string policyId, Action<LabDomain> replace, BenchHint? hint) =>
        (_policyId, _replace, Hint) = (policyId, replace, hint);

    /// <summary>All cases for a test, in order, and why it has not got some of them.</summary>
    /// <param name="place">The place of the test, or null.</param>
    /// <param name="whyNone">Why it has none.</param>
    internal (IReadOnlyList<SenderCase> Cases, IReadOnlyDictionary<string, string> NotOffered) CasesOf(
        int? place,
        string whyNone = NoPlace.NoneFree
    )
    {
        if (place is { } number && number < _places.Count)
        {
            var own = _places[number].Cases.ToDictionary(c => c.Id);
            return ([.. _shared.Select(c => own.GetValueOrDefault(c.Id, c))], NotOffered);
        }

        var without = NotOffered.ToDictionary();
        foreach (var one in _shared.Where(c => c.Changes()))
            without.TryAdd(one.Id, whyNone);

        return (_shared, without);
    }

    /// <summary>For each round of a test, how long after its beginning the messages of it are due.</summary>
    /// <param name="place">The place of the test, or null.</param>
    internal IReadOnlyList<TimeSpan> PausesOf(int? place)
    {
        var (cases, notOffered) = CasesOf(place);
        var offered = cases.Where(c => !notOffered.ContainsKey(c.Id)).Select(c => c.Stages).ToArray();
        var rounds = Math.Min(Address.Rounds, offered.Max(s => s.Count));
        return [.. Enumerable.Range(0, rounds).Select(r => offered.Where(s => s.Count > r).Max(s => s[r].After))];
    }

    /// <summary>The place that a name belongs to; null for the domains of all.</summary>
    internal int? PlaceOf(Observation observation)
    {
        if (_places.Count == 0)
            return null;

        // mx1.c19.p3.ZONE: the label in front of the zone.
        var name = observation.Place;
        var end = name.Length - Zone.Length - 1;
        var start = end > 0 ? name.LastIndexOf('.', end - 1) + 1 : 0;
        return end > 0 && _placeOf.TryGetValue(name[start..end], out var place) ? place : null;
    }

    /// <summary>Brings the domains of a place into the state of a round.</summary>
    /// <param name="round">From 1.</param>
    /// <param name="policyId">The id of their policies: another for each test, so that no sender knows them from an earlier one.</param>
    internal void Turn(int place, int round, string policyId)
    {
        foreach (var one in CasesOfPlace(_places[place].Number, policyId))
            _replace(one.Stages[Math.Min(round, one.Stages.Count) - 1].Domain);
    }

    /// <summary>Gives the domains that all tests share policies of this id, unless they have it already. A test that runs takes no harm: senders fetch the same once more.</summary>
    internal void Renew(string policyId)
    {
        lock (_renewing)
        {
            if (policyId == _policyId)
                return;

            foreach (var one in Unchanging(policyId))
                _replace(one.Stages[0].Domain);

            _policyId = policyId;
        }
    }

    private IEnumerable<SenderCase> Unchanging(string policyId) =>
        CaseCatalogue.All(Zone, Intake.Accepts, policyId, _place).Where(c => !c.Changes() && !_absent.Contains(c.Id));

    private SenderCase[] CasesOfPlace(int number, string policyId) =>
        [
            .. CaseCatalogue
                .Changing($"{Label(number)}.{Zone}", Intake.Accepts, policyId, _place)
                .Where(c => !_absent.Contains(c.Id)),
        ];

    private void AddPlace(int number, SenderCase[] cases)
    {
        _placeOf[Label(number)] = _places.Count;
        _places.Add((number, cases));
        _names.UnionWith(cases.SelectMany(CaseNames.Of));
    }

    private static string Label(int number) => string.Create(CultureInfo.InvariantCulture, $"p{number}");

    private static IEnumerable<object> Hosts(LabDomain domain) =>
        [
            .. domain.Sites.Select(s => ("policy host", s.Address)).Distinct(),
            .. domain.Receivers.Select(r => ("mail server", r.Address)).Distinct(),
        ];
}

/// <summary>How mail reaches domains that the world does not know.</summary>
/// <param name="Text">A sentence.</param>
/// <param name="Command">What to type to send a message to an address.</param>
public sealed record BenchHint(string Text, Func<string, string> Command);
