// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Cli.Api;
using Weir.Cli.Configuring;
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Configuration;
using Weir.Hosting.VaultClient;

namespace Weir.Cli.Retaining;

/// <summary>Files of a folder and below that go by their age; without a limit they are kept for good.</summary>
internal sealed class FileRetention(string kind, string folder, string pattern, TimeSpan? limit) : IRetentionSource
{
    public string Kind => kind;

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var files =
            Directory.Exists(folder) ? new DirectoryInfo(folder).GetFiles(pattern, SearchOption.AllDirectories) : [];
        var times = files.Select(f => new DateTimeOffset(f.LastWriteTimeUtc)).Order().ToList();
        return Task.FromResult(RetentionEntry.Create(
            kind, times.Count > 0 ? times[0] : null, times.Count > 0 ? times[^1] : null, files.Length,
            files.Sum(f => f.Length),
            limit is { } span ? Durations.Text(span) : "none: no subscriber stands in it",
            now - limit, folder));
    }
}

/// <summary>Epoch keys: a key may be there until seven days after its epoch ended (R8).</summary>
internal sealed class EpochKeyRetention(string folder) : IRetentionSource
{
    public string Kind => "keys";

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var epochs = new List<uint>();
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder, "epoch-*.key") : [])
        {
            if (uint.TryParse(
                Path.GetFileNameWithoutExtension(path)["epoch-".Length..], NumberStyles.None,
                CultureInfo.InvariantCulture, out var epoch))
            {
                epochs.Add(epoch);
            }
        }

        return Task.FromResult(FromEpochs(epochs, now, folder));
    }

    /// <summary>What is told of epochs whose keys are held.</summary>
    public static RetentionEntry FromEpochs(IReadOnlyCollection<uint> epochs, DateTimeOffset now, string where)
    {
        DateTimeOffset? oldest = epochs.Count > 0 ? Epochs.BeginOf(epochs.Min()) : null;
        DateTimeOffset? newest = epochs.Count > 0 ? Epochs.BeginOf(epochs.Max()) : null;
        var limit = now - StoreTableRetention.Grace - TimeSpan.FromDays(2 * Epochs.DaysPerEpoch);
        return RetentionEntry.Create(
            "keys", oldest, newest, epochs.Count, epochs.Count * 32L, "7 d after the epoch of 7 d", limit, where);
    }
}

/// <summary>Epoch keys of a vault, as it tells: their folder is its own.</summary>
internal sealed class VaultKeyRetention(string socket, string? user) : IRetentionSource
{
    public string Kind => "keys";

    public async Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        using var vault = new VaultPeer(socket, user);
        try
        {
            var status = await new OperatorVaultClient(vault.Client).StatusAsync(cancel);
            return EpochKeyRetention.FromEpochs(status.Epochs, now, $"the vault at {socket}");
        }
        catch (Exception refused) when (refused is VaultDownException or VaultRefusedException)
        {
            throw new IOException(refused.Message, refused);
        }
    }
}

/// <summary>The audit log: kept a year at least, and dropped some time after.</summary>
internal sealed class AuditRetention(AuditOptions options) : IRetentionSource
{
    public string Kind => "audit";

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var limit = $"at least {Durations.Text(AuditOptions.MinRetention)}, kept "
            + $"{Durations.Text(options.Retention)}";
        var held = AuditReader.Bounds(options.Directory);
        var rows = held is { } both ? both.Last.Sequence - both.First.Sequence + 1 : 0;
        var octets = Directory.Exists(options.Directory)
            ? new DirectoryInfo(options.Directory).GetFiles("*.jsonl").Sum(f => f.Length)
            : 0;
        // Segments of a day go whole, behind the next head.
        return Task.FromResult(RetentionEntry.Create(
            "audit", held?.First.At, held?.Last.At, rows, octets, limit, now - options.Retention - TimeSpan.FromDays(2),
            options.Directory));
    }
}
