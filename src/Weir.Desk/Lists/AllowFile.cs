// SPDX-License-Identifier: Apache-2.0
//
// Endpoints that people found to be no C&C: a list of role allow beside the records, read as every other list. Appended
// to and synced before the lists are read anew.
using System.Text;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Desk.Cases;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Wire;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Desk.Lists;

/// <summary>The file of false alarms.</summary>
/// <param name="folder">Where it lies.</param>
/// <param name="lists">The lists in force, this one among them.</param>
internal sealed class AllowFile(string folder, CurrentWatchlist lists) : IFalsePositiveSink, IKeptList, IDisposable
{
    public const string Name = "false-positives";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private ListRefresher? _refresher;

    public string Path { get; } = System.IO.Path.Combine(folder, "false-positives.txt");

    /// <summary>The file as a list; made where there is none.</summary>
    public FeedOptions Open()
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!File.Exists(Path))
        {
            File.WriteAllText(Path, "# endpoints that a closed case found to be no C&C\n");
        }

        return new FeedOptions { Path = Path, Name = Name, Role = ListRole.Allow };
    }

    public void RefreshWith(ListRefresher refresher) => _refresher = refresher;

    public async Task AllowAsync(IReadOnlyCollection<Endpoint> endpoints, string reason, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            await using (var file = new FileStream(Path, FileMode.Append, FileAccess.Write))
            {
                var lines = endpoints.Select(e => e.Port == 0
                    ? $"{e.Address}\n" : e.Address.IsV4 ? $"{e.Address}:{e.Port}\n" : $"[{e.Address}]:{e.Port}\n");
                await file.WriteAsync(Encoding.UTF8.GetBytes($"# {OneLine(reason)}\n{string.Concat(lines)}"), cancel);
                file.Flush(flushToDisk: true);
            }

            _ = _refresher?.Refresh();
            if (_refresher?.States.FirstOrDefault(list => list.Path == Path) is { Fault: { Length: > 0 } fault })
            {
                throw new IOException($"the false alarm stands in {Path}, but the list cannot be read: {fault}");
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public bool IsAllowed(in Endpoint endpoint) => lists.Current.IsAllowed(endpoint);

    public bool IsFalseAlarm(in Endpoint endpoint) => lists.Current.All(endpoint)
        .Any(entry => entry.Role == ListRole.Allow && entry.List != HeldEndpoints.Name);

    public void Dispose() => _turn.Dispose();

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
