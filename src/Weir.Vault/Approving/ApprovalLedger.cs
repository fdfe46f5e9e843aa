// SPDX-License-Identifier: Apache-2.0
//
// The requests that the vault drew up, a file each, durable before anybody is told of them. What was carried out stays
// known until the request expires, so that it is not carried out twice.
using System.Text.Json;
using Weir.Contracts.Approvals;
using Weir.Hosting.Files;

namespace Weir.Vault.Approving;

/// <summary>The folder of requests. Safe for any thread.</summary>
internal sealed class ApprovalLedger
{
    /// <summary>Requests that may wait at once: people sign a few a day.</summary>
    public const int MostWaiting = 200;

    /// <summary>Of these, requests of one person: nobody fills the place of the others.</summary>
    public const int MostOfOne = MostWaiting / 10;

    /// <summary>With those that were carried out, which are known for their day.</summary>
    private const int MostKept = 10 * MostWaiting;

    private const string Ending = ".json";

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, ApprovalRecord> _byLeave = new(StringComparer.Ordinal);

    /// <exception cref="InvalidDataException">A file is no request.</exception>
    public ApprovalLedger(string folder, TimeProvider time)
    {
        (_folder, _time) = (folder, time);
        KeyFile.Folder(folder);
        foreach (var path in Directory.GetFiles(folder, "*" + Ending))
        {
            try
            {
                var record = ApprovalRecord.Read(File.ReadAllBytes(path));
                _byLeave[record.Leave] = record;
            }
            catch (JsonException damaged)
            {
                throw new InvalidDataException(
                    $"{path}: is no request that two people sign ({damaged.Message}); restore the file, or remove it "
                    + "and ask again", damaged);
            }
        }

        DropExpired();
    }

    /// <summary>Keeps a new one.</summary>
    /// <returns>Null, or a sentence where as many wait as may.</returns>
    public string? Add(ApprovalRecord record)
    {
        lock (_gate)
        {
            DropExpired();
            var waiting = _byLeave.Values.Where(one => one is { UsedFor.Length: 0, IsClosed: false }).ToList();
            if (waiting.Count >= MostWaiting || _byLeave.Count >= MostKept)
            {
                return FormattableString.Invariant($"{MostWaiting} requests wait already; each goes after 24 hours");
            }

            if (waiting.Count(one => one.AskedBy == record.AskedBy) >= MostOfOne)
            {
                return FormattableString.Invariant(
                    $"{MostOfOne} requests of {(record.AskedBy.Length > 0 ? record.AskedBy : "nobody named")} wait already, which is one person's share; each goes after 24 hours");
            }

            Put(record);
            return null;
        }
    }

    /// <summary>The request of a leave; null where there is none, or it is expired.</summary>
    public ApprovalRecord? Find(string leave)
    {
        lock (_gate)
        {
            return _byLeave.GetValueOrDefault(leave) is { } record && _time.GetUtcNow() < record.Request.Expires
                ? record
                : null;
        }
    }

    /// <summary>Those that are not carried out and not expired, latest first.</summary>
    public IReadOnlyList<ApprovalRecord> Waiting(Func<ApprovalRecord, bool> which)
    {
        lock (_gate)
        {
            return
            [
                .. _byLeave.Values.Where(record => record is { UsedFor.Length: 0, IsClosed: false }
                    && _time.GetUtcNow() < record.Request.Expires && which(record))
                    .OrderByDescending(record => record.Request.NotBefore),
            ];
        }
    }

    /// <summary>Those that may be what is asked for, latest first.</summary>
    public IReadOnlyList<ApprovalRecord> Matching(ExpectedApproval expected)
    {
        lock (_gate)
        {
            return
            [
                .. _byLeave.Values.Where(record =>
                    record.Request.Act == expected.Act && record.Request.Case == expected.Case
                    && record.Request.Target == expected.Target && _time.GetUtcNow() < record.Request.Expires)
                    .OrderByDescending(record => record.Request.NotBefore),
            ];
        }
    }

    /// <summary>Changes one; durable when it returns.</summary>
    public ApprovalRecord? Change(string leave, Func<ApprovalRecord, ApprovalRecord> change)
    {
        lock (_gate)
        {
            if (!_byLeave.TryGetValue(leave, out var record))
            {
                return null;
            }

            var next = change(record);
            if (!ReferenceEquals(next, record))
            {
                Put(next);
            }

            return next;
        }
    }

    /// <summary>What these were used for is over.</summary>
    public void Close(Func<ApprovalRecord, bool> which)
    {
        lock (_gate)
        {
            foreach (var record in _byLeave.Values.Where(one => !one.IsClosed && which(one)).ToList())
            {
                Put(record with { IsClosed = true });
            }
        }
    }

    private void Put(ApprovalRecord record)
    {
        KeyFile.Write(PathOf(record), record.Write());
        _byLeave[record.Leave] = record;
    }

    private void DropExpired()
    {
        foreach (var record in _byLeave.Values.Where(one => _time.GetUtcNow() >= one.Request.Expires).ToList())
        {
            File.Delete(PathOf(record));
            _ = _byLeave.Remove(record.Leave);
        }
    }

    private string PathOf(ApprovalRecord record) => Path.Combine(_folder, record.Request.Number + Ending);
}
