// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;

namespace Weir.Hosting.Peers.Serving;

/// <summary>Thrown by a handler that refuses: the caller gets the code, the sentence and the status.</summary>
public sealed class PeerRefusalException : Exception
{
    /// <param name="code">1 to 40 lower-case letters, digits and hyphens; a closed list, for it is a metric's
    /// label.</param>
    /// <param name="sentence">The thing, the place, the fix.</param>
    /// <param name="status">From 400 to 599; 409 unless given.</param>
    public PeerRefusalException(string code, string sentence, int status = StatusCodes.Status409Conflict)
        : base(sentence)
    {
        if (!PeerCodes.IsCode(code) || status is < 400 or > 599)
        {
            throw new ArgumentException($"'{code}' with status {status} is no refusal");
        }

        (Code, Status) = (code, status);
    }

    /// <summary>What the caller's program reads.</summary>
    public string Code { get; }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>400 <c>malformed</c>.</summary>
    public static PeerRefusalException Malformed(string sentence) =>
        new(PeerCodes.Malformed, sentence, StatusCodes.Status400BadRequest);
}
