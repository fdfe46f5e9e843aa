// SPDX-License-Identifier: Apache-2.0
//
// A refusal costs who is refused nothing and the record little (rules.md R25): the first of a user in a minute stand
// there each by itself, and of a process the first of each kind, act and outcome; the rest of that minute as entries
// with their number, one for each kind. Without it, who has no role writes the record full, and so does who has one and
// asks for what it may not.
using Weir.Contracts.Policy;

namespace Weir.Hosting.Auditing;

/// <summary>Puts refusals of users, and of signs-in that are none, on record. Safe for any thread.</summary>
/// <param name="audit">The record.</param>
/// <param name="time">The clock.</param>
/// <param name="each">So many of one user, or process, with a role stand by themselves in a minute.</param>
/// <param name="eachOfKind">And so many of one act and outcome.</param>
internal sealed class RepeatedRefusals(
    IAuditLog audit, TimeProvider time, int each = RepeatedRefusals.EachOfPerson,
    int eachOfKind = RepeatedRefusals.EachOfPerson)
{
    /// <summary>How long refusals of one user are told together.</summary>
    public static readonly TimeSpan Together = TimeSpan.FromMinutes(1);

    /// <summary>Of a user with a role in that time, with an entry each.</summary>
    public const int EachOfPerson = 12;

    /// <summary>Of a process that asks another, with an entry each; and those of one kind among them.</summary>
    public const int EachOfPeer = 32;
    public const int EachOfKind = 8;

    /// <summary>Of a user without one.</summary>
    private const int EachOfStranger = 3;

    /// <summary>Users that are told apart at once; further ones are counted as one.</summary>
    private const int MostUsers = 1_000;

    private const string Others = "others";
    private const string Nobody = "none";

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Group, string Actor), Minute> _minutes = [];

    /// <summary>One more of a user without a role; durable when it returns, or counted in what <see cref="TellAsync"/>
    /// makes durable.</summary>
    /// <exception cref="AuditException">It could not be made durable.</exception>
    public Task NoteAsync(string user, CancellationToken cancel) => NoteAsync(
        EntryOf(user, AuditActions.LoginRefused, DenyCode.RoleMayNot, "the user stands in no role of access"), cancel);

    /// <summary>One more link of the console that was none, over or used. Who brings one is not known, so all are one.
    /// </summary>
    /// <inheritdoc cref="NoteAsync(string, CancellationToken)"/>
    public Task NoteLinkAsync(CancellationToken cancel) => NoteAsync(
        EntryOf(Nobody, AuditActions.SignIn, DenyCode.NotAuthenticated, "a link that is none, over or used"), cancel);

    /// <summary>One more, as it would stand on record.</summary>
    /// <inheritdoc cref="NoteAsync(string, CancellationToken)"/>
    /// <returns>Whether it stands on record by itself.</returns>
    public async Task<bool> NoteAsync(AuditEntry entry, CancellationToken cancel)
    {
        if (!StandsByItself(entry))
        {
            return false;
        }

        _ = await audit.AppendAsync(entry, cancel);
        return true;
    }

    /// <summary>Puts on record how many more there were in minutes that are over.</summary>
    /// <exception cref="AuditException">It could not be made durable; it is tried again.</exception>
    public Task TellAsync(CancellationToken cancel) => TellThoseAsync(
        minute => time.GetElapsedTime(minute.Since) >= Together, cancel);

    /// <summary>Puts on record how many more there were until now: the process stops.</summary>
    /// <inheritdoc cref="TellAsync"/>
    public Task TellAllAsync(CancellationToken cancel) => TellThoseAsync(static _ => true, cancel);

    private bool StandsByItself(AuditEntry entry)
    {
        var isStranger = entry.Role is Nobody;
        lock (_gate)
        {
            // Links stand apart, whatever users are called.
            var group = isStranger ? entry.Act : "";
            var key = (group, _minutes.ContainsKey((group, entry.Actor)) || _minutes.Count < MostUsers
                ? entry.Actor : Others);
            if (!_minutes.TryGetValue(key, out var minute)
                || (minute.Kinds.Count == 0 && time.GetElapsedTime(minute.Since) >= Together))
            {
                _minutes[key] = minute = new(time.GetTimestamp());
            }

            if (minute.Count < (isStranger ? EachOfStranger : each) && minute.CountKind(entry) <= eachOfKind)
            {
                minute.Count++;
                return true;
            }

            minute.Add(entry with { Actor = key.Item2 });
            return false;
        }
    }

    private async Task TellThoseAsync(Func<Minute, bool> isOver, CancellationToken cancel)
    {
        foreach (var key in Over(isOver))
        {
            var kinds = Take(key);
            for (var i = 0; i < kinds.Count; i++)
            {
                var (each, more) = kinds[i];
                try
                {
                    _ = await audit.AppendAsync(
                        each with
                        {
                            Reason = FormattableString.Invariant($"{more} more within a minute"), Rows = more,
                        },
                        cancel);
                }
                catch
                {
                    Return(key, kinds.Skip(i));
                    throw;
                }
            }
        }
    }

    private List<(string Group, string Actor)> Over(Func<Minute, bool> isOver)
    {
        lock (_gate)
        {
            return [.. _minutes.Where(one => isOver(one.Value)).Select(one => one.Key)];
        }
    }

    /// <summary>Takes what a minute counted: what comes while it is written begins a minute of its own, so that a round
    /// ends.</summary>
    private List<(AuditEntry Each, int Count)> Take((string Group, string Actor) key)
    {
        lock (_gate)
        {
            return _minutes.Remove(key, out var minute) ? [.. minute.Kinds.Values] : [];
        }
    }

    /// <summary>What could not be written is told with what came since.</summary>
    private void Return((string Group, string Actor) key, IEnumerable<(AuditEntry Each, int Count)> kinds)
    {
        lock (_gate)
        {
            if (!_minutes.TryGetValue(key, out var minute))
            {
                _minutes[key] = minute = new(time.GetTimestamp());
            }

            foreach (var (each, count) in kinds)
            {
                minute.Add(each, count);
            }
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
    private sealed class Minute(long since)
    {
        public long Since => since;

        private readonly Dictionary<(string Act, string Outcome), int> _ofKind = [];

        /// <summary>Those that stand on record by themselves.</summary>
        public int Count { get; set; }

        /// <summary>How many of its kind there are with it, while some stand by themselves.</summary>
        public int CountKind(AuditEntry entry) =>
            _ofKind[(entry.Act, entry.Outcome)] = _ofKind.GetValueOrDefault((entry.Act, entry.Outcome)) + 1;

        /// <summary>Those that do not stand on record by themselves, with what they have in common. Acts and outcomes
        /// are words of closed lists.</summary>
        public Dictionary<(string Act, string Outcome), (AuditEntry Each, int Count)> Kinds { get; } = [];

        public void Add(AuditEntry entry, int count = 1)
        {
            var kind = (entry.Act, entry.Outcome);
            Kinds[kind] = (
                new() { Actor = entry.Actor, Role = entry.Role, Act = entry.Act, Outcome = entry.Outcome },
                count + Kinds.GetValueOrDefault(kind).Count);
        }
    }
}
