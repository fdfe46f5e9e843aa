// SPDX-License-Identifier: Apache-2.0
//
// A refusal costs a stranger nothing and the record little (trust.md R25): the first of a user in a minute stand there
// each by itself, the rest of that minute as one entry with their number. Without it, who has no role writes the record
// full.
using Weir.Contracts.Policy;

namespace Weir.Hosting.Auditing;

/// <summary>Puts refusals of users without a role, and of signs-in that are none, on record. Safe for any thread.
/// </summary>
internal sealed class StrangerRefusals(IAuditLog audit, TimeProvider time)
{
    /// <summary>How long refusals of one user are one entry.</summary>
    public static readonly TimeSpan Together = TimeSpan.FromMinutes(1);

    /// <summary>Of a user in that time, with an entry each.</summary>
    private const int EachByItself = 3;

    /// <summary>Users that are told apart at once; further ones are counted as one.</summary>
    private const int MostUsers = 1_000;

    private const string Others = "others";
    private const string Nobody = "none";

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Act, string Actor), Minute> _minutes = [];

    /// <summary>One more; durable when it returns, or counted in what <see cref="TellAsync"/> makes durable.</summary>
    /// <exception cref="AuditException">It could not be made durable.</exception>
    public Task NoteAsync(string user, CancellationToken cancel) => NoteAsync(
        EntryOf(user, AuditActions.LoginRefused, DenyCode.RoleMayNot, "the user stands in no role of access"), cancel);

    /// <summary>One more link of the console that was none, over or used. Who brings one is not known, so all are one.
    /// </summary>
    /// <inheritdoc cref="NoteAsync(string, CancellationToken)"/>
    public Task NoteLinkAsync(CancellationToken cancel) => NoteAsync(
        EntryOf(Nobody, AuditActions.SignIn, DenyCode.NotAuthenticated, "a link that is none, over or used"), cancel);

    /// <summary>One more of this act and actor.</summary>
    /// <inheritdoc cref="NoteAsync(string, CancellationToken)"/>
    public Task NoteAsync(AuditEntry entry, CancellationToken cancel)
    {
        lock (_gate)
        {
            // Links stand apart, whatever users are called.
            var key = (entry.Act, _minutes.ContainsKey((entry.Act, entry.Actor)) || _minutes.Count < MostUsers
                ? entry.Actor : Others);
            if (!_minutes.TryGetValue(key, out var minute))
            {
                _minutes[key] = minute = new(time.GetTimestamp(), entry with { Actor = key.Item2 });
            }

            if (++minute.Count > EachByItself)
            {
                return Task.CompletedTask;
            }
        }

        return audit.AppendAsync(entry, cancel);
    }

    /// <summary>Puts on record how many more there were in minutes that are over.</summary>
    /// <exception cref="AuditException">It could not be made durable; it is tried again.</exception>
    public async Task TellAsync(CancellationToken cancel)
    {
        foreach (var (key, minute) in Over())
        {
            var more = Math.Max(0, minute.Count - EachByItself - minute.Told);
            if (more > 0)
            {
                _ = await audit.AppendAsync(
                    minute.Each with { Reason = FormattableString.Invariant($"{more} more within a minute"),
                        Rows = more }, cancel);
            }

            lock (_gate)
            {
                // What came while the entry was written is told in the next round.
                minute.Told += more;
                if (minute.Count - EachByItself <= minute.Told)
                {
                    _ = _minutes.Remove(key);
                }
            }
        }
    }

    private List<((string Act, string Actor) Key, Minute Minute)> Over()
    {
        lock (_gate)
        {
            return
            [
                .. _minutes.Where(one => time.GetElapsedTime(one.Value.Since) >= Together)
                    .Select(one => (one.Key, one.Value)),
            ];
        }
    }

    private static AuditEntry EntryOf(string user, string act, DenyCode why, string reason) => new()
    {
        Actor = user,
        Role = Nobody,
        Act = act,
        Outcome = DenyCodes.ToName(why),
        Reason = reason,
    };

    /// <summary>Refusals of one user since then.</summary>
    private sealed class Minute(long since, AuditEntry each)
    {
        public long Since => since;

        /// <summary>As one of them stands on record.</summary>
        public AuditEntry Each => each;

        public int Count { get; set; }

        /// <summary>Of these, how many stand on record together.</summary>
        public int Told { get; set; }
    }
}
