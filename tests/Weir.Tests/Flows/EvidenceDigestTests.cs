// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Wire;

namespace Weir.Tests.Flows;

public sealed class EvidenceDigestTests
{
    private static readonly EvidenceRow One = new()
    {
        Scope = new ScopeId(0x0102030405060708),
        StartMs = 1_772_452_800_000,
        EndMs = 1_772_452_800_500,
        Remote = new Endpoint(IpKey.FromV4(0xCB007109), 7703, 17),
        PacketsOut = 9,
        PacketsIn = 4,
        OctetsOut = 900,
        OctetsIn = 400,
        SamplingInterval = 10,
        FlagsOut = 0x1A,
        FlagsIn = 0x12,
    };

    [Fact]
    public void It_is_the_hash_of_the_rows_as_written_down()
    {
        var octets = Convert.FromHexString(
            "0102030405060708" + "0000019CAE6B6600" + "0000019CAE6B67F4"
            + "00000000000000000000FFFFCB007109" + "1E17" + "11"
            + "0000000000000009" + "0000000000000004" + "0000000000000384"
            + "0000000000000190" + "0000000A" + "1A" + "12");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(octets)), EvidenceDigest.Compute([One]));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([])), EvidenceDigest.Compute([]));
    }

    [Fact]
    public void Every_field_and_the_order_count()
    {
        EvidenceRow[] changed =
        [
            One, One with { Scope = new ScopeId(1) }, One with { StartMs = 1 }, One with { EndMs = 1 },
            One with { Remote = One.Remote with { Port = 25 } }, One with { Remote = One.Remote with { Protocol = 6 } },
            One with { Remote = One.Remote with { Address = IpKey.FromV4(1) } }, One with { PacketsOut = 1 },
            One with { PacketsIn = 1 }, One with { OctetsOut = 1 }, One with { OctetsIn = 1 },
            One with { SamplingInterval = 1 }, One with { FlagsOut = 1 }, One with { FlagsIn = 1 },
        ];
        Assert.Equal(changed.Length, changed.Select(row => EvidenceDigest.Compute([row])).Distinct().Count());
        Assert.NotEqual(
            EvidenceDigest.Compute([changed[0], changed[1]]), EvidenceDigest.Compute([changed[1], changed[0]]));
    }
}
