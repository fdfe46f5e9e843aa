// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Hosting.Files;
using Weir.Wire;

namespace Weir.Desk.Enrichment;

/// <summary>How one file stands.</summary>
/// <param name="Path">The file.</param>
/// <param name="Good">Its copy in force; null where none was ever read.</param>
/// <param name="Fault">Why the latest reading failed; null where it did not.</param>
internal sealed record OwnerFileState(string Path, IOwnerFile? Good, string? Fault);

/// <summary>Whose networks addresses are in, by all files together. A file is read again when it has changed; one that
/// cannot be read keeps its last good copy. Safe for any thread.</summary>
internal sealed class NetworkOwners
{
    public static readonly NetworkOwners None = new([]);

    private readonly Lock _turn = new();
    private readonly long[] _stamps;
    private OwnerFileState[] _states;

    /// <param name="files">In the order in which they are asked; read by <see cref="Refresh"/>.</param>
    public NetworkOwners(IReadOnlyList<string> files)
    {
        _stamps = new long[files.Count];
        _states = [.. files.Select(file => new OwnerFileState(file, null, null))];
    }

    /// <summary>How the files stand.</summary>
    public IReadOnlyList<OwnerFileState> States => Volatile.Read(ref _states);

    /// <summary>Reads what has changed since the last time.</summary>
    public void Refresh()
    {
        lock (_turn)
        {
            Volatile.Write(ref _states,
                [.. _states.Index().Select(one => Refreshed(one.Item, ref _stamps[one.Index]))]);
        }
    }

    /// <summary>What the files say, the first one first; <see cref="NetworkOwner.Unknown"/> where none does.</summary>
    public NetworkOwner Find(IpKey address)
    {
        var states = States;
        var owner = NetworkOwner.Unknown;
        foreach (var state in states)
        {
            owner = owner.Or(Ask(state, address));
        }

        foreach (var state in states)
        {
            if (owner.Asn != 0 && state.Good is { } file && file.Systems.TryGetValue(owner.Asn, out var system))
            {
                owner = owner.Or(system);
            }
        }

        return owner;
    }

    /// <summary>As people write an address; <see cref="NetworkOwner.Unknown"/> for anything else.</summary>
    public NetworkOwner Find(string address) =>
        IpKey.TryParse(address, out var key) ? Find(key) : NetworkOwner.Unknown;

    /// <summary>All that is known of several far ends, each name once, apart by <c>; </c>; empty where nothing
    /// is.</summary>
    public string NamesOf(IEnumerable<IpKey> addresses) => string.Join(
        "; ", addresses.Select(address => $"{Find(address)}").Where(name => name.Length > 0).Distinct());

    /// <summary>A database that proves damaged at an address is shown so, and says nothing.</summary>
    private NetworkOwner Ask(OwnerFileState state, IpKey address)
    {
        try
        {
            return state.Good?.Find(address) ?? NetworkOwner.Unknown;
        }
        catch (EnrichmentException damaged)
        {
            lock (_turn)
            {
                Volatile.Write(
                    ref _states, [.. _states.Select(one => one == state ? one with { Fault = damaged.Message } : one)]);
            }

            return NetworkOwner.Unknown;
        }
    }

    private static OwnerFileState Refreshed(OwnerFileState state, ref long stamp)
    {
        var now = FileStamp.Of(state.Path);
        if (now == stamp && now != 0)
        {
            return state;
        }

        stamp = now;
        try
        {
            return state with { Good = OwnerFile.Read(state.Path), Fault = null };
        }
        catch (EnrichmentException fault)
        {
            return state with { Fault = fault.Message };
        }
    }
}
