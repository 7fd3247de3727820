using Microsoft.AspNetCore.Components;

namespace Postseal.Server.Pages;

/// <summary>A component that is given one value and writes it as HTML: no state, no events, no services.</summary>
/// <typeparam name="TModel">What it shows.</typeparam>
public abstract class View<TModel> : ComponentBase
    where TModel : notnull
{
    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public TModel Model { get; set; } = default!;
}
