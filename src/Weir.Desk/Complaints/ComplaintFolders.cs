// SPDX-License-Identifier: Apache-2.0
//
// Complaints that come as files. A file is taken once: when its complaints have their scope or their entry in the audit
// it moves to the folder `done`, or `refused` where any was refused. What could not be judged, since the vault or the
// audit is down, stays and is tried again. Names that begin with a dot or end with .tmp are still being written. A file
// or folder that cannot be taken stands in the way of no other: it is told, and tried again.
using System.Text;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Disks;
using Weir.Hosting.Posix;

namespace Weir.Desk.Complaints;

/// <summary>A folder complaints come by.</summary>
/// <param name="Path">Where.</param>
/// <param name="Channel">The reporter who alone can write to it, or empty.</param>
/// <param name="ByMail">Our own mail server writes it.</param>
internal sealed record DropFolder(string Path, string Channel, bool ByMail);

/// <summary>Takes what lies in the folders. Not for several threads.</summary>
internal sealed class ComplaintFolders(
    IReadOnlyList<DropFolder> folders, ComplaintHandler desk, TimeProvider time, ILogger<ComplaintFolders> log)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private const string Signature = ".sig";

    /// <summary>Octets of a file's name (NAME_MAX of Linux).</summary>
    private const int LongestName = 255;

    /// <summary>Makes the folders where they are missing.</summary>
    /// <exception cref="IOException">One cannot be made.</exception>
    public void Prepare()
    {
        foreach (var folder in folders)
        {
            _ = Directory.CreateDirectory(Path.Combine(folder.Path, "done"));
            _ = Directory.CreateDirectory(Path.Combine(folder.Path, "refused"));
        }
    }

    /// <summary>One look at every folder.</summary>
    /// <exception cref="IOException">Something in them could not be taken; all else was.</exception>
    public async Task LookAsync(CancellationToken cancel)
    {
        List<string> faults = [];
        foreach (var folder in folders)
        {
            foreach (var path in Files(folder, faults))
            {
                await TakeOrTellAsync(folder, path, faults, cancel);
            }
        }

        if (faults.Count > 0)
        {
            throw new IOException(faults.Count == 1
                ? faults[0]
                : FormattableString.Invariant($"{faults[0]}; and {faults.Count - 1} more like it"));
        }
    }

    private static List<string> Files(DropFolder folder, List<string> faults)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder.Path).Where(IsWhole).Order(StringComparer.Ordinal)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faults.Add($"complaints in {folder.Path} cannot be listed: {DiskFault.Describe(folder.Path, fault)}");
            return [];
        }
    }

    private static bool IsWhole(string path) =>
        Path.GetFileName(path)[0] != '.' && !path.EndsWith(".tmp", StringComparison.Ordinal)
        && !path.EndsWith(Signature, StringComparison.Ordinal);

    /// <summary>An exception ends this file, not the round; one of the audit ends the round, which nothing passes.
    /// </summary>
    private async Task TakeOrTellAsync(
        DropFolder folder, string path, List<string> faults, CancellationToken cancel)
    {
        try
        {
            if (PathOwner.Get(path) is { } entry)
            {
                await TakeAsync(folder, path, entry, cancel);
            }
            else if (path.Contains('\uFFFD', StringComparison.Ordinal))
            {
                faults.Add(
                    $"complaint '{path}' has a name that is no UTF-8, so it cannot be opened: rename or remove it");
            }
        }
        catch (Exception fault) when (fault is not AuditException and not OperationCanceledException)
        {
            faults.Add($"complaint '{path}' cannot be taken: {fault.Message}; mend or remove it");
        }
    }

    private async Task TakeAsync(DropFolder folder, string path, PathOwner entry, CancellationToken cancel)
    {
        var name = Path.GetFileName(path);
        if (!entry.IsFile || new FileInfo(path).Length > ComplaintReader.MaxTableOctets)
        {
            log.ComplaintRefused(
                name, folder.Channel, "unreadable", FormattableString.Invariant(
                    $"it is a link or no file, or longer than {ComplaintReader.MaxTableOctets} octets"));
            Move(path, folder, "refused");
            return;
        }

        var receipt = await desk.ReceiveAsync(
            new ComplaintFile(await File.ReadAllBytesAsync(path, cancel))
            {
                Signature = PathOwner.Get(path + Signature) is { IsFile: true }
                    ? await File.ReadAllBytesAsync(path + Signature, cancel)
                    : ReadOnlyMemory<byte>.Empty,
                Name = Path.GetFileName(path),
                Channel = folder.Channel,
                ByMail = folder.ByMail,
            },
            cancel);
        foreach (var (code, why) in receipt.Outcomes
            .Where(o => o.Refusal is not null).Select(o => (o.Refusal!.Value, o.Why)).Distinct())
        {
            var word = DenyCodes.ToName(code);
            log.ComplaintRefused(name, receipt.Reporter, word, why);
        }

        if (receipt.Outcomes.Any(o => o.Refusal == DenyCode.VaultDown))
        {
            return;
        }

        var (opened, repeated) =
            (receipt.Outcomes.Count(o => o.Trigger is not null), receipt.Outcomes.Count(o => o.IsRepeated));
        log.ComplaintTaken(name, receipt.Reporter, opened, repeated, receipt.Faults.Count);
        Move(path, folder, receipt.Outcomes.Any(o => o.Refusal is not null) ? "refused" : "done");
    }

    private void Move(string path, DropFolder folder, string where)
    {
        foreach (var file in new[] { path, path + Signature }.Where(IsThere))
        {
            var name = Path.GetFileName(file);
            var target = Path.Combine(folder.Path, where, name);
            File.Move(file, IsThere(target) ? Path.Combine(folder.Path, where, Beside(name)) : target);
        }
    }

    /// <summary>A link that leads nowhere is there, too.</summary>
    private static bool IsThere(string path) => PathOwner.Get(path) is not null;

    /// <summary>Another name, which is no longer than names may be.</summary>
    private string Beside(string name)
    {
        var ending = FormattableString.Invariant($".{time.GetUtcNow().ToUnixTimeMilliseconds()}");
        while (Encoding.UTF8.GetByteCount(name) + ending.Length > LongestName)
        {
            name = name[..^(char.IsLowSurrogate(name[^1]) ? 2 : 1)];
        }

        return name + ending;
    }
}
