// SPDX-License-Identifier: Apache-2.0
//
// What was refused of accounting, in the vault's own record: of each NAS and kind one entry a minute at most, with the
// count. A NAS is named by the network its secret is for, never by where a packet claims to come from: that may be a
// subscriber's address, and whoever sends could make as many as they like.
using System.Globalization;
using Weir.Hosting.Auditing;
using Weir.Wire;

namespace Weir.Vault.Identity.Radius;

/// <summary>Why a packet or a time in it had no effect.</summary>
internal enum AccountingRefusalKind : byte
{
    Malformed,

    /// <summary>Wrongly signed.</summary>
    Forged,

    /// <summary>From an address that has no secret.</summary>
    UnknownNas,

    /// <summary>The very packet again.</summary>
    Replayed,

    /// <summary>Of a time before the retention.</summary>
    Late,

    /// <summary>No accounting request.</summary>
    Unsupported,

    /// <summary>Times more than a day off the arrival, which stood in for them.</summary>
    ClockJumped,
}

/// <summary>Counts refusals until they are written. Any thread.</summary>
internal sealed class AccountingRefusalLog(IAuditLog audit, TimeProvider time)
{
    public static readonly TimeSpan Apart = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(Prefix Nas, AccountingRefusalKind Kind), (long Count, DateTimeOffset Since)> _waiting =
        [];
    private readonly Dictionary<(Prefix Nas, AccountingRefusalKind Kind), long> _writtenAt = [];

    /// <param name="nas">Network of the NAS's secret; the whole space where it has none.</param>
    /// <param name="kind">What was wrong.</param>
    /// <param name="count">How often.</param>
    public void Count(Prefix nas, AccountingRefusalKind kind, long count = 1)
    {
        lock (_gate)
        {
            var (before, since) = _waiting.GetValueOrDefault((nas, kind), (0, time.GetUtcNow()));
            _waiting[(nas, kind)] = (before + count, since);
        }
    }

    /// <summary>Writes what waits, unless its NAS and kind have an entry of the last minute; at the end of
    /// all, everything.</summary>
    /// <exception cref="AuditException">It could not be written; it still waits.</exception>
    public async Task WriteAsync(bool everything, CancellationToken cancel)
    {
        foreach (var (about, (count, since)) in Due(everything))
        {
            await audit.AppendAsync(EntryOf(about.Nas, about.Kind, count, since), cancel);
            lock (_gate)
            {
                _writtenAt[about] = time.GetTimestamp();
                var (now, from) = _waiting[about];
                if (now == count)
                {
                    _waiting.Remove(about);
                }
                else
                {
                    _waiting[about] = (now - count, from);
                }
            }
        }
    }

    private List<KeyValuePair<(Prefix Nas, AccountingRefusalKind Kind), (long Count, DateTimeOffset Since)>> Due(
        bool everything)
    {
        lock (_gate)
        {
            return [.. _waiting.Where(
                one => everything || !_writtenAt.TryGetValue(one.Key, out var at) || time.GetElapsedTime(at) >= Apart)];
        }
    }

    private static AuditEntry EntryOf(Prefix nas, AccountingRefusalKind kind, long count, DateTimeOffset since) => new()
    {
        Actor = "weir",
        Role = "machine",
        Act = kind == AccountingRefusalKind.ClockJumped ? AuditActions.ClockStepped : AuditActions.IdentityRefused,
        Outcome = ToName(kind),
        Rows = count,
        Reason = string.Create(
            CultureInfo.InvariantCulture,
            $"{count} of {(nas.Length == 0 ? "no known NAS" : $"NAS {nas}")} since {since:yyyy-MM-ddTHH:mm:ssZ}"),
    };

    private static string ToName(AccountingRefusalKind kind) => kind switch
    {
        AccountingRefusalKind.Malformed => "malformed",
        AccountingRefusalKind.Forged => "forged",
        AccountingRefusalKind.UnknownNas => "unknown-nas",
        AccountingRefusalKind.Replayed => "replayed",
        AccountingRefusalKind.Late => "late",
        AccountingRefusalKind.Unsupported => "unsupported",
        _ => "clock-jumped",
    };
}
