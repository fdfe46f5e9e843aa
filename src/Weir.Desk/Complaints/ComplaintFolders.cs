// SPDX-License-Identifier: Apache-2.0
//
// Complaints that come as files. A file is taken once: when its complaints have their scope or their entry in the audit
// it moves to the folder `done`, or `refused` where any was refused. What could not be judged, since the vault or the
// audit is down, stays and is tried again. Names that begin with a dot or end with .tmp are still being written.
using Microsoft.Extensions.Logging;
using Weir.Contracts.Policy;

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
    public async Task LookAsync(CancellationToken cancel)
    {
        foreach (var folder in folders)
        {
            foreach (var path in Directory.EnumerateFiles(folder.Path)
                .Where(IsWhole).Order(StringComparer.Ordinal).ToList())
            {
                await TakeAsync(folder, path, cancel);
            }
        }
    }

    private static bool IsWhole(string path) =>
        Path.GetFileName(path)[0] != '.' && !path.EndsWith(".tmp", StringComparison.Ordinal)
        && !path.EndsWith(Signature, StringComparison.Ordinal);

    private async Task TakeAsync(DropFolder folder, string path, CancellationToken cancel)
    {
        var name = Path.GetFileName(path);
        if (new FileInfo(path) is { LinkTarget: not null } or { Length: > ComplaintReader.MaxTableOctets })
        {
            log.ComplaintRefused(
                name, folder.Channel, "unreadable",
                $"it is a link, or longer than {ComplaintReader.MaxTableOctets} octets");
            Move(path, folder, "refused");
            return;
        }

        var receipt = await desk.ReceiveAsync(
            new ComplaintFile(await File.ReadAllBytesAsync(path, cancel))
            {
                Signature = File.Exists(path + Signature)
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
        foreach (var file in new[] { path, path + Signature }.Where(File.Exists))
        {
            var target = Path.Combine(folder.Path, where, Path.GetFileName(file));
            File.Move(file, File.Exists(target)
                ? FormattableString.Invariant($"{target}.{time.GetUtcNow().ToUnixTimeMilliseconds()}")
                : target);
        }
    }
}
