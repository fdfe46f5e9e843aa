// SPDX-License-Identifier: Apache-2.0
//
// What stands on this collector's own chain: each scope that it puts in force, before it does, and each order that it
// refuses. A desk that asks for the same again and again makes one entry, not a thousand.
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Grounds;
using Weir.Hosting.Auditing;

namespace Weir.Collector.Scopes;

/// <summary>Records and counts.</summary>
internal sealed class ScopeRecord(IAuditLog audit, ScopeFigures counts, ILogger<ScopeRecord> log)
{
    private const int Remembered = 65_536;

    private readonly HashSet<(string Scope, string Code)> _known = [];

    public ScopeFigures Counts => counts;

    /// <summary>Writes down scopes that are about to be watched.</summary>
    /// <returns>Numbers of those that could not be recorded.</returns>
    public async Task<IReadOnlySet<string>> OpenAsync(IReadOnlyList<HeldScope> opened, CancellationToken cancel)
    {
        var failed = new HashSet<string>(StringComparer.Ordinal);
        var entries = opened.Select(held => (Id: held.Order.Id.ToString(), Entry: audit.AppendAsync(new AuditEntry
        {
            Actor = "desk",
            Role = "machine",
            Act = AuditActions.OpenScope,
            Outcome = "allow",
            Scope = held.Order.Id.ToString(),
            Case = held.Order.Case.ToString(),
            Subject = held.Order.Subject.ToString(),
            Purpose = Contracts.Scopes.Purposes.ToName(held.Order.Purpose),
            PredicateDigest = Digest(held.Order.Class.ToString()),
            Reason = FormattableString.Invariant($"follows from {held.Order.Grounds.Count} grounds"),
        }, cancel))).ToList();
        foreach (var (id, entry) in entries)
        {
            try
            {
                await entry;
            }
            catch (AuditException fault)
            {
                failed.Add(id);
                log.ScopeNotRecorded(id, fault.Message);
            }
        }

        return failed;
    }

    /// <summary>Counts and writes down orders that are refused.</summary>
    public async Task RefuseAsync(
        IReadOnlyList<(ScopeOrderFields Order, string Code)> refused, CancellationToken cancel)
    {
        var fresh = new List<(ScopeOrderFields Order, string Code)>();
        foreach (var (order, code) in refused)
        {
            if (_known.Count >= Remembered)
            {
                _known.Clear();
            }

            counts.AddRefused(code);
            if (_known.Add((order.Id, code)))
            {
                fresh.Add((order, code));
            }
        }

        if (fresh.Count == 0)
        {
            return;
        }

        var words = string.Join(", ", fresh.GroupBy(one => one.Code)
            .Select(same => FormattableString.Invariant($"{same.Key} {same.Count()} times")));
        log.OrdersRefused(fresh.Count, words, fresh[0].Order.Id);
        try
        {
            await Task.WhenAll(fresh.Select(one => audit.AppendAsync(new AuditEntry
            {
                Actor = "desk",
                Role = "machine",
                Act = AuditActions.OpenScope,
                Outcome = one.Code,
                Scope = Short(one.Order.Id),
                Case = Short(one.Order.Case),
                Subject = Short(one.Order.Subject),
                Purpose = Short(one.Order.Purpose),
                Reason = "the order does not follow from its grounds, or cannot be carried out here",
            }, cancel)));
        }
        catch (AuditException fault)
        {
            log.ScopeNotRecorded(fresh[0].Order.Id, fault.Message);
        }
    }

    /// <summary>A text of the desk's, no longer than one of its kind is.</summary>
    private static string Short(string text) => text.Length > 40 ? text[..40] : text;

    private static string Digest(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
