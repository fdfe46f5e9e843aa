// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Peers.Memory;

/// <summary>What becomes of one call on the memory transport.</summary>
public sealed record MemoryFate
{
    /// <summary>It arrives once and is answered.</summary>
    public static MemoryFate Deliver { get; } = new();

    /// <summary>It never arrives; the connection breaks.</summary>
    public static MemoryFate LoseRequest { get; } = new() { Copies = 0 };

    /// <summary>It is carried out; the connection breaks before the answer.</summary>
    public static MemoryFate LoseReply { get; } = new() { IsReplyLost = true };

    /// <summary>It is carried out twice; the second answer counts.</summary>
    public static MemoryFate Duplicate { get; } = new() { Copies = 2 };

    /// <summary>It is never answered, and the caller's time runs out.</summary>
    public static MemoryFate Silence { get; } = new() { Copies = 0, IsSilent = true };

    /// <summary>How often it is carried out.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>True where no answer arrives.</summary>
    public bool IsReplyLost { get; init; }

    /// <summary>True where nothing arrives and nothing breaks.</summary>
    public bool IsSilent { get; init; }

    /// <summary>How long the request is under way.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How long the answer is under way.</summary>
    public TimeSpan ReplyDelay { get; init; }
}

/// <summary>A call about to be made on the memory transport.</summary>
/// <param name="From">Who asks.</param>
/// <param name="To">Whom.</param>
/// <param name="Method">How.</param>
/// <param name="Path">For what.</param>
public sealed record MemoryCall(Peer From, string To, string Method, string Path);
