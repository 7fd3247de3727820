namespace Postseal.Server.Hosting;

/// <summary>What programs send as it is, not as a form.</summary>
internal static class Bodies
{
    /// <summary>The whole body; one of more than <see cref="PublicLimits.BodyBytes"/> has been refused before.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var buffer = new byte[PublicLimits.BodyBytes];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        PageWork.Count(request.HttpContext, length); // whoever reads it has work with it
        return buffer.AsMemory(0, length);
    }
}
