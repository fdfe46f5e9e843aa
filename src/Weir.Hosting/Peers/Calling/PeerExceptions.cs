// SPDX-License-Identifier: Apache-2.0
//
// The two ways a call fails: nobody answered as one should, or the one who answered refuses.
namespace Weir.Hosting.Peers.Calling;

/// <summary>What is wrong with a peer that is down.</summary>
public enum PeerFault
{
    /// <summary>Nobody listens at the address.</summary>
    NotThere,

    /// <summary>This user may not open the socket.</summary>
    NoAccess,

    /// <summary>No answer came in time.</summary>
    TimedOut,

    /// <summary>Another user than the one expected listens on the socket.</summary>
    WrongUser,

    /// <summary>The other side's certificate is not the one expected, or is out of date.</summary>
    WrongCertificate,

    /// <summary>The connection broke before the answer was whole.</summary>
    Broken,

    /// <summary>The answer is not what was asked for.</summary>
    BadAnswer,
}

/// <summary>A peer does not answer. What was asked for may have happened or not. The message names the thing, the place
/// and the fix.</summary>
public sealed class PeerDownException(string peer, PeerFault fault, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The peer, such as <c>desk</c>.</summary>
    public string Peer { get; } = peer;

    /// <summary>What is wrong.</summary>
    public PeerFault Fault { get; } = fault;
}

/// <summary>A peer answered and refuses. The message is its sentence.</summary>
public sealed class PeerRefusedException(string peer, string code, int status, string sentence) : Exception(sentence)
{
    /// <summary>The peer, such as <c>desk</c>.</summary>
    public string Peer { get; } = peer;

    /// <summary>Its code: one of <see cref="PeerCodes"/> or the route's own.</summary>
    public string Code { get; } = code;

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>True where the same request may be answered later: the peer stops, failed, or had too little time.
    /// </summary>
    public bool IsPassing => Status >= 500 || Code == PeerCodes.TooSlow;
}
