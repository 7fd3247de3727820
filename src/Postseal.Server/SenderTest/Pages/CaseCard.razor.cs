using Postseal.Server.Pages;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>One case with its verdict, and folded what that stands on.</summary>
public sealed partial class CaseCard
{
    private Look Look => TestLook.Of(Model.Verdict);
}
