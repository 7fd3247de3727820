using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>All lines of one case, where its card shows the latest ones.</summary>
public sealed partial class CaseSeen;

/// <summary>One case.</summary>
/// <param name="Key">Opens the test.</param>
/// <param name="Test">The case and what came of it.</param>
public sealed record CaseSeenModel(string Key, TestCase Test);
