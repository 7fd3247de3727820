using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Postseal.Server.Pages;

/// <summary>A file that belongs to the pages, kept in memory; there are three, and all are small.</summary>
internal sealed class StaticAsset
{
    private readonly byte[] _bytes;
    private readonly string _type;
    private readonly EntityTagHeaderValue _tag;

    private StaticAsset(string name, string type)
    {
        using var stream = typeof(StaticAsset).Assembly.GetManifestResourceStream($"wwwroot/{name}")!;
        _bytes = new byte[stream.Length];
        stream.ReadExactly(_bytes);
        _type = type;
        var hash = Convert.ToHexStringLower(SHA256.HashData(_bytes))[..16];
        _tag = new($"\"{hash}\"");
        Path = $"/{name}";
        Link = $"/{name}?v={hash}";
    }

    /// <summary>The style sheet.</summary>
    public static StaticAsset Style { get; } = new("site.css", "text/css; charset=utf-8");

    /// <summary>The script; pages work without it.</summary>
    public static StaticAsset Script { get; } = new("site.js", "text/javascript; charset=utf-8");

    /// <summary>The picture in the tab.</summary>
    public static StaticAsset Icon { get; } = new("favicon.svg", "image/svg+xml");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StaticAsset> All { get; } = [Style, Script, Icon];

    /// <summary>Where it is served.</summary>
    public string Path { get; }

    /// <summary>How pages name it: another content has another link, so that caches may keep it.</summary>
    public string Link { get; }

    /// <summary>The response.</summary>
    public IResult Serve(HttpContext context)
    {
        context.Response.Headers.CacheControl = context.Request.Query.ContainsKey("v")
            ? "public, max-age=31536000, immutable"
            : "public, max-age=300";
        return Results.Bytes(_bytes, _type, entityTag: _tag);
    }
}
