namespace Postseal.Server.Pages.Outcome;

/// <summary>The page of a check around what comes in while it runs.</summary>
public sealed partial class CheckShell
{
    // The steps arrive first, the verdict belongs on top: the browser puts each part into its slot as it comes, without any script. A browser that does
    // not know this shows them in the order of arrival. The region around the verdict is there before it, so that it is read out when it comes.
    private const string Slots =
        """<template shadowrootmode="open"><div role="status"><slot name="answer"></slot></div><slot></slot><slot name="steps"></slot></template>""";

    private string Unicode => Model.Domain.ToUnicode();
}
