// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Weir.Hosting.Browsers;

/// <summary>Style sheets and scripts of this program. A name holds the digest of what it names, so a browser keeps it
/// for good and never has an old one.</summary>
internal sealed class BrowserAssets
{
    public const string Folder = "/assets/";

    /// <summary>The script that pages with passkeys share.</summary>
    public const string Passkeys = "browsers/assets/passkeys.js";

    private const int DigestLength = 12;

    private readonly Dictionary<string, (byte[] Octets, string ContentType)> _made = [];
    private FrozenDictionary<string, (byte[] Octets, string ContentType)>? _files;

    /// <summary>Adds a file out of resources, one behind another.</summary>
    /// <param name="name">Before the digest, with the ending: <c>console.css</c>.</param>
    /// <param name="from">Where resources are that this project has not.</param>
    /// <param name="resources">Their names.</param>
    /// <returns>Its path.</returns>
    public string Add(string name, Assembly from, params IEnumerable<string> resources)
    {
        using var all = new MemoryStream();
        foreach (var part in resources)
        {
            using var resource = from.GetManifestResourceStream(part)
                ?? Assembly.GetExecutingAssembly().GetManifestResourceStream(part)
                ?? throw new InvalidDataException($"{part} is not in this program: build it anew");
            resource.CopyTo(all);
        }

        var (octets, end) = (all.ToArray(), Path.GetExtension(name));
        var path = $"{Folder}{Path.GetFileNameWithoutExtension(name)}."
            + $"{Convert.ToHexStringLower(SHA256.HashData(octets))[..DigestLength]}{end}";
        _made[path] = (octets, end == ".css" ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8");
        return path;
    }

    /// <summary>Answers where the path is one of them.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext context)
    {
        _files ??= _made.ToFrozenDictionary(StringComparer.Ordinal);
        if (!_files.TryGetValue(context.Request.Path.Value ?? "", out var file))
        {
            return false;
        }

        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.ContentType = file.ContentType;
        context.Response.ContentLength = file.Octets.Length;
        await context.Response.Body.WriteAsync(file.Octets, context.RequestAborted);
        return true;
    }
}
