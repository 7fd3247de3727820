namespace Postseal.Server.Pages.Pictures;

/// <summary>The shape of a station: that of its level, or a dash where there is nothing to judge.</summary>
public sealed partial class StationMark;
