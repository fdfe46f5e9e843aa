// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;

namespace Weir.Desk.Mitigation.Enforcing;

/// <summary>A journal that is opened when it is first used, and anew when it is asked to: a disk may go and come back.
/// Its user keeps to one call at a time.</summary>
internal sealed class ReopenedJournal(string path) : IMitigationJournal, IDisposable
{
    private MitigationJournal? _open;

    private MitigationJournal Journal => _open ??= MitigationJournal.Open(path);

    public async Task WriteAsync(IReadOnlyCollection<LeaseRow> rows, CancellationToken cancel) =>
        await Journal.WriteAsync(rows, cancel);

    public async Task DeleteAsync(ulong id, CancellationToken cancel) => await Journal.DeleteAsync(id, cancel);

    public async Task ProbeAsync(CancellationToken cancel) => await Journal.ProbeAsync(cancel);

    public async Task<IReadOnlyList<LeaseRow>> LoadAsync(DateTimeOffset endedSince, CancellationToken cancel) =>
        await Journal.LoadAsync(endedSince, cancel);

    public Task ReopenAsync(CancellationToken cancel)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _open?.Dispose();
        _open = null;
    }
}
