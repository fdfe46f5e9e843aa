// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Desk.Api.Audits;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Posix;

namespace Weir.Cli.Api;

/// <summary>A record to read: its own folder, or a copy that the desk gives, which goes with this.</summary>
internal sealed class AuditCopy(string directory) : IDisposable
{
    private DirectoryInfo? _own;

    public string Directory => directory;

    /// <summary>Whether the desk gave it.</summary>
    public bool IsCopy => _own is not null;

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
        if (await api.IsThereAsync(cancel))
        {
            return await FetchAsync(api, "desk", cancel);
        }

        // Where no desk runs, what reads the folder says that nothing is in it; who may not look is told by whom.
        return MayLook(folder) ? new(folder) : throw new OperatorException(
            $"the desk does not answer at {settings.Control.Socket}, and {OsUsers.NameOf(OsUsers.Own)} may not look "
            + $"into {folder}: start weir-desk, which gives the record to who may verify it, or name a copy with --dir",
            ExitCode.Unreadable);
    }

    /// <summary>The folder, where this user may look into it.</summary>
    /// <exception cref="OperatorException">The user may not.</exception>
    public static AuditCopy OfFolder(string folder) => MayLook(folder) ? new(folder) : throw new OperatorException(
        $"{OsUsers.NameOf(OsUsers.Own)} may not read {folder}: leave --dir out, and the desk gives the record to who "
        + "may verify it; or ask as the user that it belongs to",
        ExitCode.Unreadable);

    /// <summary>Whether this user sees what is in a folder, or that it is not there.</summary>
    private static bool MayLook(string folder)
    {
        try
        {
            _ = System.IO.Directory.EnumerateFileSystemEntries(folder).FirstOrDefault();
            return true;
        }
        catch (DirectoryNotFoundException) when (Path.GetDirectoryName(Path.GetFullPath(folder)) is { } above)
        {
            return MayLook(above);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What a desk gives.</summary>
    /// <param name="socket">Of the desk.</param>
    /// <param name="record">Whose record: <c>desk</c>, <c>store</c> or <c>vault</c>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="OperatorException">It gives nothing; the message says why.</exception>
    public static async Task<AuditCopy> FetchAsync(string socket, string record, CancellationToken cancel)
    {
        using var api = new ApiClient(socket);
        return await FetchAsync(api, record, cancel);
    }

    private static async Task<AuditCopy> FetchAsync(ApiClient api, string record, CancellationToken cancel)
    {
        var own = System.IO.Directory.CreateTempSubdirectory("weir-audit-");
        var copy = new AuditCopy(Path.Combine(own.FullName, "audit")) { _own = own };
        try
        {
            await copy.FillAsync(api, record, cancel);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Heads first, so that there is an entry for all that they cover.</summary>
    private async Task FillAsync(ApiClient api, string record, CancellationToken cancel)
    {
        var whose = Uri.EscapeDataString(record);
        var key = await api.GetAsync($"audit/key?record={whose}", AuditJson.Default.AuditKeyResponse, cancel);
        var heads = await LinesAsync(api, "heads", whose, cancel);
        AuditLines.Write(directory, key.PublicKey, heads, await LinesAsync(api, "entries", whose, cancel));
    }

    private static async Task<List<string>> LinesAsync(
        ApiClient api, string part, string whose, CancellationToken cancel)
    {
        List<string> lines = [];
        for (long? after = 0; after is not null;)
        {
            var page = await api.GetAsync(
                FormattableString.Invariant($"audit/{part}?record={whose}&limit={ApiCall.MaxPage}&after={after}"),
                AuditJson.Default.AuditLinesResponse, cancel);
            lines.AddRange(page.Lines);
            after = page.Next;
        }

        return lines;
    }

    public void Dispose() => _own?.Delete(recursive: true);
}
