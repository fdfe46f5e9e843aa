// SPDX-License-Identifier: Apache-2.0
//
// What a peer is. A set of roles is never empty, so that no route can be written that nobody or anybody may call.
namespace Weir.Hosting.Peers;

/// <summary>A non-empty set of roles. Immutable.</summary>
public sealed class PeerRoles : IEquatable<PeerRoles>
{
    private static readonly string[] Names = ["collector", "store", "desk", "vault", "operator", "monitor"];

    private readonly int _bits;

    private PeerRoles(int bits)
    {
        _bits = bits;
        Word = string.Join('+', Names.Where((_, at) => (bits & (1 << at)) != 0));
    }

    /// <summary>A process that takes flows.</summary>
    public static PeerRoles Collector { get; } = new(1);

    /// <summary>The process in front of the flow store.</summary>
    public static PeerRoles Store { get; } = new(2);

    /// <summary>The process that holds cases.</summary>
    public static PeerRoles Desk { get; } = new(4);

    /// <summary>The process that holds keys and identity.</summary>
    public static PeerRoles Vault { get; } = new(8);

    /// <summary>A person's command line.</summary>
    public static PeerRoles Operator { get; } = new(16);

    /// <summary>What only asks for health and figures.</summary>
    public static PeerRoles Monitor { get; } = new(32);

    /// <summary>Every role: for what each process answers everyone on its list.</summary>
    public static PeerRoles Any { get; } = new(63);

    /// <summary>The roles' names joined by <c>+</c>, as logs and metrics write them.</summary>
    public string Word { get; }

    /// <summary>Both sets together.</summary>
    public static PeerRoles operator |(PeerRoles left, PeerRoles right) => new(left._bits | right._bits);

    /// <summary>Reads one or more names joined by <c>+</c> or commas.</summary>
    /// <returns>Null where one of them is no role.</returns>
    public static PeerRoles? Parse(string text)
    {
        var bits = 0;
        foreach (var name in text.Split(['+', ','], StringSplitOptions.TrimEntries))
        {
            var at = Array.IndexOf(Names, name);
            if (at < 0)
            {
                return null;
            }

            bits |= 1 << at;
        }

        return new(bits);
    }

    /// <summary>True where the sets share a role.</summary>
    public bool Overlaps(PeerRoles other) => (_bits & other._bits) != 0;

    /// <inheritdoc/>
    public bool Equals(PeerRoles? other) => other is not null && _bits == other._bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PeerRoles);

    /// <inheritdoc/>
    public override int GetHashCode() => _bits;

    /// <inheritdoc/>
    public override string ToString() => Word;
}

/// <summary>Who is at the other end of a connection.</summary>
/// <param name="Name">The user's name, or what the configuration calls the certificate.</param>
/// <param name="Roles">What it may act as.</param>
public sealed record Peer(string Name, PeerRoles Roles)
{
    /// <summary>Both, for a sentence.</summary>
    public override string ToString() => $"{Name} ({Roles})";
}
