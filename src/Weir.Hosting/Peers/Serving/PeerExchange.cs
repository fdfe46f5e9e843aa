// SPDX-License-Identifier: Apache-2.0
//
// A request and its answer apart from what carries them, so that a socket and the memory transport meet the same rules.
using System.Text.Json;

namespace Weir.Hosting.Peers.Serving;

/// <summary>A request as the dispatcher takes it.</summary>
internal sealed record PeerRequest(string Method, string Path, Peer Peer, Stream Body)
{
    public IReadOnlyDictionary<string, string> Query { get; init; } = new Dictionary<string, string>();

    /// <summary>What the header of the schema says; null without one.</summary>
    public string? Schema { get; init; }

    /// <summary>Length of the body where it is known beforehand.</summary>
    public long? Length { get; init; }

    /// <summary>Called with the most octets the route takes before the body is read.</summary>
    public Action<long> Allow { get; init; } = _ => { };
}

/// <summary>An answer: octets or a stream that whoever sends it disposes.</summary>
internal sealed record PeerReply(int Status, string Code, string? ContentType, ReadOnlyMemory<byte> Octets)
{
    public const string Json = "application/json";
    public const string OctetStream = "application/octet-stream";

    public Stream? Stream { get; init; }

    public static PeerReply Refused(string code, string sentence, int status) => new(
        status,
        code,
        PeerProblem.ContentType,
        JsonSerializer.SerializeToUtf8Bytes(
            PeerProblem.From(code, sentence, status), PeerProblemContext.Default.PeerProblem));
}
