// SPDX-License-Identifier: Apache-2.0
//
// From what the network and the serialiser throw to one exception that says what to do.
using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Peers.Calling;

internal static class PeerFaults
{
    private static readonly SocketError[] NotThere =
    [
        SocketError.ConnectionRefused, SocketError.AddressNotAvailable, SocketError.HostNotFound, SocketError.NoData,
        SocketError.HostUnreachable, SocketError.NetworkUnreachable,
    ];

    /// <summary>As metrics write it.</summary>
    public static string ToName(PeerFault fault) => fault switch
    {
        PeerFault.NotThere => "not-there",
        PeerFault.NoAccess => "no-access",
        PeerFault.TimedOut => "timed-out",
        PeerFault.WrongUser => "wrong-user",
        PeerFault.WrongCertificate => "wrong-certificate",
        PeerFault.Broken => "broken",
        PeerFault.BadAnswer => "bad-answer",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "There is no such fault."),
    };

    /// <param name="options">The peer.</param>
    /// <param name="path">What was asked for.</param>
    /// <param name="limit">How long the call was allowed to take.</param>
    /// <param name="wasUp">True where the peer answered at the call before.</param>
    /// <param name="thrown">What happened.</param>
    public static PeerDownException Down(PeerClientOptions options, string path, TimeSpan limit, bool wasUp,
        Exception thrown)
    {
        var (fault, detail) = Cause(thrown);
        var (name, address) = (options.Name, options.Address);
        var message = fault switch
        {
            PeerFault.NotThere => $"{name} is not at {address} ({detail}); is weir {name} running?",
            PeerFault.NoAccess =>
                $"user {Own} may not open {address}; who administers this machine makes that user a member of the "
                + $"group of {name}'s socket, as root",
            PeerFault.TimedOut =>
                $"{name} at {address} did not answer {path} within {Seconds(limit)} s; look at its log and load",
            PeerFault.WrongUser =>
                $"{name} at {address} is not believed: {detail}; stop that process, or correct processes.{name}.user",
            PeerFault.WrongCertificate =>
                $"{name} at {address} is not believed: {detail}",
            PeerFault.BadAnswer =>
                $"{name} at {address} answered {path} with what this program cannot read ({detail}); "
                + "bring both to the same version of weir",
            _ when wasUp => $"{name} at {address} broke off ({detail}); was it stopped? its log says why",
            _ when options.Tls is { Credentials: var own } =>
                $"{name} at {address} closed the connection ({detail}); it may not believe the certificate of "
                + $"{own.Identity}, which ends at {own.End:u}: its log says why",
            _ => $"{name} at {address} closed the connection ({detail}); does its section processes give user {Own} "
                + "a role?",
        };
        return new(name, fault, message, thrown);
    }

    private static string Seconds(TimeSpan limit) => limit.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Own => OsUsers.NameOf(OsUsers.Own);

    private static (PeerFault Fault, string Detail) Cause(Exception thrown)
    {
        for (var at = thrown; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                case WrongPeerException wrong:
                    return (wrong.Fault, wrong.Message);
                case OperationCanceledException or TimeoutException:
                    return (PeerFault.TimedOut, at.Message);
                case JsonException or BadAnswerException:
                    return (PeerFault.BadAnswer, at.Message);
                case SocketException { SocketErrorCode: SocketError.AccessDenied }:
                    return (PeerFault.NoAccess, at.Message);
                case SocketException { SocketErrorCode: SocketError.AddressNotAvailable }:
                    return (PeerFault.NotThere, "nothing is there");
                case SocketException { SocketErrorCode: var code } when NotThere.Contains(code):
                    return (PeerFault.NotThere, at.Message);
            }
        }

        var last = thrown.GetBaseException();
        return last is AuthenticationException ? (PeerFault.WrongCertificate, last.Message)
            : (PeerFault.Broken, last is ObjectDisposedException ? "before anything was said" : last.Message);
    }
}

/// <summary>An answer that is not what was asked for.</summary>
internal sealed class BadAnswerException(string message) : Exception(message);
