namespace Postseal.Server.Hosting;

/// <summary>Before all else at a listener: a Host header that the framework cannot read is the client's mistake. Asked for it, <see cref="HttpRequest.Host"/>
/// throws for an A-label that decodes to nothing, wherever in the pipeline that is.</summary>
internal sealed class ReadableHost : IStartupFilter
{
    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(
                (context, rest) => IsReadable(context.Request) ? rest(context) : RefuseAsync(context, context.RequestAborted)
            );
            next(app);
        };

    /// <summary>Whether the host can be asked for, and be written again.</summary>
    internal static bool IsReadable(HttpRequest request)
    {
        try
        {
            _ = request.Host.ToUriComponent();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static Task RefuseAsync(HttpContext context, CancellationToken ct)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Surface.TextAsync(context, StatusCodes.Status400BadRequest, "the Host header names no host\n", ct);
    }
}
