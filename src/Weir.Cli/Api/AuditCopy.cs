// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Desk.Api.Audits;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Cli.Api;

/// <summary>The desk's record to read: its own folder, or a copy that the desk gives, which goes with this.</summary>
internal sealed class AuditCopy(string directory) : IDisposable
{
    private DirectoryInfo? _own;

    public string Directory => directory;

    /// <summary>The folder where this user may enter it; else what the desk gives.</summary>
    /// <exception cref="OperatorException">Neither can be had; the message says why.</exception>
    public static async Task<AuditCopy> OpenAsync(WeirConfiguration settings, CancellationToken cancel)
    {
        var folder = settings.Auditing.Directory;
        if (AuditReader.HasLog(folder))
        {
            return new(folder);
        }

        using var api = new ApiClient(settings.Control.Socket);
        // Where no desk runs, what reads the folder says that nothing is there, or that it may not be entered.
        return await api.IsThereAsync(cancel) ? await FetchAsync(api, cancel) : new(folder);
    }

    /// <summary>What a desk gives.</summary>
    /// <exception cref="OperatorException">It gives nothing; the message says why.</exception>
    public static async Task<AuditCopy> FetchAsync(string socket, CancellationToken cancel)
    {
        using var api = new ApiClient(socket);
        return await FetchAsync(api, cancel);
    }

    private static async Task<AuditCopy> FetchAsync(ApiClient api, CancellationToken cancel)
    {
        var own = System.IO.Directory.CreateTempSubdirectory("weir-audit-");
        var copy = new AuditCopy(Path.Combine(own.FullName, "audit")) { _own = own };
        try
        {
            await copy.FillAsync(api, cancel);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Heads first, so that there is an entry for all that they cover.</summary>
    private async Task FillAsync(ApiClient api, CancellationToken cancel)
    {
        var key = await api.GetAsync("audit/key", AuditJson.Default.AuditKeyResponse, cancel);
        var heads = await LinesAsync(api, "audit/heads", cancel);
        AuditLines.Write(directory, key.PublicKey, heads, await LinesAsync(api, "audit/entries", cancel));
    }

    private static async Task<List<string>> LinesAsync(ApiClient api, string path, CancellationToken cancel)
    {
        List<string> lines = [];
        for (long? after = 0; after is not null;)
        {
            var page = await api.GetAsync(
                FormattableString.Invariant($"{path}?limit={ApiCall.MaxPage}&after={after}"),
                AuditJson.Default.AuditLinesResponse, cancel);
            lines.AddRange(page.Lines);
            after = page.Next;
        }

        return lines;
    }

    public void Dispose() => _own?.Delete(recursive: true);
}
