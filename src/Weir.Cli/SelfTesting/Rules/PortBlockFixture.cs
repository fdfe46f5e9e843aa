// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>Who had which ports of one shared address: ports 51200 to 51263 of 198.18.0.1 were line 7's.</summary>
internal sealed class PortBlockFixture : IIdentity
{
    public static readonly IpKey Shared = IpKey.Parse("198.18.0.1");

    private static readonly SubscriberLineName Line = new("line-7");

    public long Version => 1;

    public IdentityAnswer WhoHad(IpKey address, ushort? port, long atMs, byte protocol = 0) =>
        address != Shared ? new IdentityAnswer.None(Unattributable.NoLease)
        : port is null ? new IdentityAnswer.None(Unattributable.CgnatNeedsPort)
        : port is >= 51_200 and <= 51_263
            ? new IdentityAnswer.Line(Line, 0, long.MaxValue, IdentitySource.PortBlock, true)
        : new IdentityAnswer.None(Unattributable.NoLease);

    public IEnumerable<IntakeRow> IntakeRows(long sinceVersion, out long version)
    {
        version = Version;
        return [];
    }

    public IEnumerable<IntakeRow> HeldBy(SubscriberLineName line) => [];
}
