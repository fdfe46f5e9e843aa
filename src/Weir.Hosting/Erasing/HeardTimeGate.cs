// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Serving;

namespace Weir.Hosting.Erasing;

/// <summary>Takes what collectors heard of the time. Safe for any thread.</summary>
public sealed class HeardTimeGate(ErasureClock clock)
{
    /// <summary>2107-01-01: no living exporter says anything later.</summary>
    private const long LatestMs = 4_323_369_600_000;

    /// <summary>Takes it.</summary>
    /// <exception cref="PeerRefusalException">It is no time of a living network.</exception>
    public Task<Done> HearAsync(PeerCall call, HeardTime heard, CancellationToken cancel)
    {
        if (heard.AtMs is <= 0 or > LatestMs)
        {
            throw PeerRefusalException.Malformed("member 'atMs' is a time before 2107, in milliseconds since 1970");
        }

        clock.Hear(DateTimeOffset.FromUnixTimeMilliseconds(heard.AtMs));
        return Task.FromResult(Done.It);
    }
}
