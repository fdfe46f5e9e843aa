// SPDX-License-Identifier: Apache-2.0
//
// Contacts of subjects with listed endpoints, in windows of ten minutes. A window is closed when nothing that may still
// come can change it: its own slot is over and so is every slot in which the other half of its traffic could begin. The
// table holds a stated number of windows. When it is full the oldest eighth is closed early, by what is known of it,
// and counted; the rows so made wait, folded, for the next Drain, and where even those outgrow the bound they are
// counted as lost. A contact that is certain is told at once, the first of a pair that the table holds; its rows follow
// when its windows close. One table belongs to one shard and one thread.
using System.Runtime.InteropServices;
using Weir.Collector.Decoding;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Collector.Matching;

/// <summary>What became of contacts besides sightings.</summary>
/// <param name="Windows">Windows closed as a contact of the subject.</param>
/// <param name="Radiation">Windows in which only the endpoint sent: no contact of the subject.</param>
/// <param name="ClosedEarly">Windows closed before their time because the table was full.</param>
/// <param name="Lost">Sighting rows given up because nobody drained the table.</param>
public readonly record struct ContactCounts(long Windows, long Radiation, long ClosedEarly, long Lost);

/// <summary>Bounded table of contact windows.</summary>
/// <param name="name">Gives the pseudonym of a subject's address block.</param>
/// <param name="exporters">Who told, by number; null where nobody asks.</param>
/// <param name="capacity">Windows held at most; about 130 octets each.</param>
/// <param name="atOnce">Takes a certain exchange while its window is open; null where nobody waits for it.</param>
/// <param name="isApart">Whether each window is a row of its own, so that what is told of it has the same number
/// whatever is told with it; else those of a pair and kind that close together are one.</param>
public sealed class ContactTracker(
    Func<IpKey, long, SubjectKey> name, ExporterNumbers? exporters = null,
    int capacity = ContactTracker.DefaultCapacity, Action<Sighting>? atOnce = null, bool isApart = false)
{
    public const int DefaultCapacity = 262_144;

    private readonly Dictionary<ContactPair, Contacts> _pairs = [];
    private readonly Dictionary<(ContactPair Pair, ContactKind Kind, long Slot), Sighting> _early = [];
    private ContactWindow[] _windows = new ContactWindow[Math.Min(capacity, 1_024)];
    private int _used;
    private int _free = -1;
    private long _contacts;
    private long _radiation;
    private long _closedEarly;
    private long _lost;

    /// <summary>Newest window of a pair, and what its list says.</summary>
    private struct Contacts
    {
        public int Newest;
        public ListTag? Tag;
        public byte Sources;

        /// <summary>Number of the exporter that told of it last.</summary>
        public ushort Exporter;

        /// <summary>A stream told of it with whose sequence two go on.</summary>
        public bool IsContested;

        /// <summary>Start of the contact that was told of at once; 0 = none was.</summary>
        public long ToldMs;
    }

    /// <summary>Windows held now.</summary>
    public int Count { get; private set; }

    public ContactCounts Counts => new(_contacts, _radiation, _closedEarly, _lost);

    /// <summary>Adds one flow of a pair to its window.</summary>
    internal void Add(in Flow flow, ListTag tag, byte sources)
    {
        var pair = new ContactPair(
            flow.Subject, flow.Remote, flow.RemotePort, flow.Protocol, flow.Standing != FlowStanding.Corroborated);
        AddTo(pair, flow, tag, sources);
        if (!pair.IsDoubtful && _pairs.ContainsKey(pair with { IsDoubtful = true }))
        {
            // Halves of one conversation may come by two exporters, of which one is not corroborated.
            AddTo(pair with { IsDoubtful = true }, flow, tag, sources);
        }
    }

    private void AddTo(in ContactPair pair, in Flow flow, ListTag tag, byte sources)
    {
        if (Count >= capacity)
        {
            CloseOldest();
        }

        ref var contacts = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, pair, out var known);
        if (!known)
        {
            contacts = new Contacts { Newest = -1, Tag = tag };
        }

        contacts.Tag = Weightier(contacts.Tag!, tag);
        contacts.Sources = Math.Max(contacts.Sources, sources);
        contacts.IsContested |= flow.Standing == FlowStanding.Contested;
        contacts.Exporter = flow.Exporter == 0 ? contacts.Exporter : flow.Exporter;
        var at = WindowOf(ref contacts, ContactWindow.SlotOf(flow.StartMs));
        ref var window = ref _windows[at];
        window.Add(flow);
        TellCertain(pair, ref contacts, window);
    }

    private void TellCertain(in ContactPair pair, ref Contacts contacts, in ContactWindow window)
    {
        if (atOnce is not null && contacts.ToldMs == 0 && window.IsCertain(pair.Protocol))
        {
            contacts.ToldMs = Math.Max(1, window.FirstMs);
            atOnce(MakeSighting(pair, contacts, ContactKind.Exchange, new Folded(window)));
        }
    }

    /// <summary>Every window that is open now, subjects named.</summary>
    internal IReadOnlyList<SavedWindow> Save()
    {
        var saved = new List<SavedWindow>(Count);
        foreach (var (pair, contacts) in _pairs)
        {
            for (var at = contacts.Newest; at >= 0; at = _windows[at].Next)
            {
                saved.Add(new(name(pair.Subject, _windows[at].FirstMs), pair.Remote, pair.Port, pair.Protocol)
                {
                    IsDoubtful = pair.IsDoubtful,
                    ToldMs = contacts.ToldMs,
                    Sources = contacts.Sources,
                    IsContested = contacts.IsContested,
                    Exporter = exporters?.Of(contacts.Exporter) ?? default,
                    Tag = contacts.Tag!,
                    Window = _windows[at],
                });
            }
        }

        return saved;
    }

    /// <summary>Goes on with a window that an earlier run wrote down. Flows of its pair may have come meanwhile.
    /// </summary>
    internal void Resume(IpKey subject, SavedWindow saved)
    {
        if (Count >= capacity)
        {
            CloseOldest();
        }

        var pair = new ContactPair(subject, saved.Remote, saved.Port, saved.Protocol, saved.IsDoubtful);
        ref var contacts = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, pair, out var known);
        if (!known)
        {
            contacts = new Contacts { Newest = -1, Tag = saved.Tag };
        }

        contacts.Tag = Weightier(contacts.Tag!, saved.Tag);
        contacts.Sources = Math.Max(contacts.Sources, saved.Sources);
        contacts.IsContested |= saved.IsContested;
        contacts.ToldMs = contacts.ToldMs == 0 ? saved.ToldMs : contacts.ToldMs;
        contacts.Exporter = contacts.Exporter == 0 && exporters is not null && saved.Exporter != default
            ? exporters.GetOrAdd(saved.Exporter) : contacts.Exporter;
        var at = WindowOf(ref contacts, saved.Window.Slot);
        ref var window = ref _windows[at];
        window.Merge(saved.Window);
        TellCertain(pair, ref contacts, window);
    }

    /// <summary>Closes every window that flows starting at or after <paramref name="watermarkMs"/> cannot change;
    /// <see cref="long.MaxValue"/> closes all.</summary>
    /// <returns>Subjects named; one row a pair and kind, or a window where those are apart.</returns>
    public IReadOnlyList<Sighting> Drain(long watermarkMs)
    {
        var found = new List<Sighting>(_early.Values);
        _early.Clear();
        var complete = watermarkMs == long.MaxValue ? long.MaxValue : ContactWindow.SlotOf(watermarkMs);
        Close(complete, early: false, found);
        if (found.Exists(static one => one.Doubt != EvidenceDoubt.None))
        {
            var proven = found.Where(static one => one.Doubt == EvidenceDoubt.None)
                .Select(static one => (one.Subject, one.Endpoint, one.Kind)).ToHashSet();
            found.RemoveAll(one =>
                one.Doubt != EvidenceDoubt.None && proven.Contains((one.Subject, one.Endpoint, one.Kind)));
        }

        return found;
    }

    private int WindowOf(ref Contacts contacts, long slot)
    {
        var before = -1;
        var at = contacts.Newest;
        while (at >= 0 && _windows[at].Slot > slot)
        {
            (before, at) = (at, _windows[at].Next);
        }

        if (at >= 0 && _windows[at].Slot == slot)
        {
            return at;
        }

        var made = RentSlot();
        _windows[made] = ContactWindow.Open(slot) with { Next = at };
        if (before < 0)
        {
            contacts.Newest = made;
        }
        else
        {
            _windows[before].Next = made;
        }

        return made;
    }

    private int RentSlot()
    {
        Count++;
        if (_free >= 0)
        {
            var at = _free;
            _free = _windows[at].Next;
            return at;
        }

        if (_used == _windows.Length)
        {
            Array.Resize(ref _windows, Math.Min(capacity, _used * 2));
        }

        return _used++;
    }

    private void FreeSlot(int at)
    {
        Count--;
        _windows[at].Next = _free;
        _free = at;
    }

    private void CloseOldest()
    {
        var slots = new List<long>(Count);
        foreach (var contacts in _pairs.Values)
        {
            for (var at = contacts.Newest; at >= 0; at = _windows[at].Next)
            {
                slots.Add(_windows[at].Slot);
            }
        }

        slots.Sort();
        var found = new List<Sighting>();
        var before = Count;
        Close(slots[Math.Min(slots.Count - 1, capacity / 8)], early: true, found);
        _closedEarly += before - Count;
    }

    /// <summary>Closes windows of slots up to a slot (early), or those that slots from it on cannot change.</summary>
    private void Close(long slot, bool early, List<Sighting> found)
    {
        var empty = new List<ContactPair>();
        foreach (var pair in _pairs.Keys)
        {
            ref var contacts = ref CollectionsMarshal.GetValueRefOrNullRef(_pairs, pair);
            JoinNeighbours(contacts.Newest, pair.Protocol, slot, early);
            CloseOf(pair, ref contacts, slot, early, found);
            if (contacts.Newest < 0)
            {
                empty.Add(pair);
            }
        }

        foreach (var pair in empty)
        {
            _pairs.Remove(pair);
        }
    }

    /// <summary>
    /// A window that closes is judged with its neighbours, and what it lends to one that stays is kept there. Not
    /// earlier: both are complete only now, and more data may make a verdict lighter (an answer beside an RST).
    /// </summary>
    private void JoinNeighbours(int newest, byte protocol, long slot, bool early)
    {
        for (var later = newest; later >= 0; later = _windows[later].Next)
        {
            // Older windows may reach far; the longest reach is an hour and ten minutes of gap beyond it, so seven
            // slots back and the one between.
            for (var earlier = _windows[later].Next;
                earlier >= 0 && _windows[later].Slot - _windows[earlier].Slot <= 8;
                earlier = _windows[earlier].Next)
            {
                if (Closes(_windows[earlier], slot, early) || Closes(_windows[later], slot, early))
                {
                    ContactWindow.Join(ref _windows[earlier], ref _windows[later], protocol);
                }
            }
        }
    }

    private void CloseOf(in ContactPair pair, ref Contacts contacts, long slot, bool early, List<Sighting> found)
    {
        Span<Folded> rows = stackalloc Folded[4];
        rows.Clear();
        var before = -1;
        for (var at = contacts.Newest; at >= 0;)
        {
            ref var window = ref _windows[at];
            var next = window.Next;
            if (!Closes(window, slot, early))
            {
                (before, at) = (at, next);
                continue;
            }

            if (window.Verdict(pair.Protocol) is { } kind)
            {
                rows[(int)kind].Add(window, contacts.ToldMs);
                _contacts++;
                if (isApart)
                {
                    Emit(pair, contacts, kind, rows[(int)kind], early, found);
                    rows[(int)kind] = default;
                }
            }
            else
            {
                _radiation += window.Answers ? 0 : 1;
            }

            if (before < 0)
            {
                contacts.Newest = next;
            }
            else
            {
                _windows[before].Next = next;
            }

            FreeSlot(at);
            at = next;
        }

        for (var kind = 0; kind < rows.Length; kind++)
        {
            if (rows[kind].Contacts > 0)
            {
                Emit(pair, contacts, (ContactKind)kind, rows[kind], early, found);
            }
        }
    }

    private static bool Closes(in ContactWindow window, long slot, bool early) =>
        early ? window.Slot <= slot : slot == long.MaxValue || IsOver(window, slot);

    /// <summary>A window can still change while its slot, or one in which an answer could
    /// begin, is not complete.</summary>
    private static bool IsOver(in ContactWindow window, long completeBefore) =>
        ContactWindow.SlotOf(Math.Max(window.ReachMs, window.Slot * ContactWindow.SlotMs) + ContactWindow.SlotMs)
        < completeBefore;

    private void Emit(
        in ContactPair pair, in Contacts contacts, ContactKind kind, in Folded row, bool early, List<Sighting> found)
    {
        var made = MakeSighting(pair, contacts, kind, row);
        var key = (pair, kind, isApart ? ContactWindow.SlotOf(row.FirstMs) : 0);
        if (!early)
        {
            found.Add(made);
        }
        else if (_early.TryGetValue(key, out var waiting))
        {
            _early[key] = made with
            {
                FirstMs = Math.Min(made.FirstMs, waiting.FirstMs),
                LastMs = Math.Max(made.LastMs, waiting.LastMs),
                Contacts = made.Contacts + waiting.Contacts,
                Sources = Math.Max(made.Sources, waiting.Sources),
                ToldMs = Math.Max(made.ToldMs, waiting.ToldMs),
            };
        }
        else if (_early.Count < capacity)
        {
            _early.Add(key, made);
        }
        else
        {
            _lost++;
        }
    }

    private Sighting MakeSighting(in ContactPair pair, in Contacts contacts, ContactKind kind, in Folded row)
    {
        var tag = contacts.Tag!;
        return new Sighting(
            name(pair.Subject, row.FirstMs), new Endpoint(pair.Remote, pair.Port, pair.Protocol), tag.List, kind,
            row.FirstMs, row.LastMs, row.Contacts, tag.Role, tag.Confidence, contacts.Sources, tag.Family,
            exporters?.Of(contacts.Exporter) ?? default,
            contacts.IsContested ? EvidenceDoubt.TwoStreams : pair.IsDoubtful ? EvidenceDoubt.NewStream
                : EvidenceDoubt.None)
        {
            ToldMs = row.ToldMs,
        };
    }

    /// <summary>Where lists differ over time, the same one is named whatever the order of flows.</summary>
    private static ListTag Weightier(ListTag a, ListTag b)
    {
        if (ReferenceEquals(a, b))
        {
            return a;
        }

        var order = a.Role.CompareTo(b.Role);
        order = order != 0 ? order : b.Confidence.CompareTo(a.Confidence);
        order = order != 0 ? order : string.CompareOrdinal(a.List, b.List);
        order = order != 0 ? order : string.CompareOrdinal(a.Family, b.Family);
        return order <= 0 ? a : b;
    }

    private struct Folded
    {
        public long FirstMs;
        public long LastMs;
        public uint Contacts;
        public long ToldMs;

        public Folded(in ContactWindow window) => Add(window, window.FirstMs);

        public void Add(in ContactWindow window, long toldMs)
        {
            ToldMs = toldMs > 0 && ContactWindow.SlotOf(toldMs) == window.Slot ? toldMs : ToldMs;
            FirstMs = Contacts == 0 ? window.FirstMs : Math.Min(FirstMs, window.FirstMs);
            LastMs = Contacts == 0 ? window.LastMs : Math.Max(LastMs, window.LastMs);
            Contacts++;
        }
    }
}
