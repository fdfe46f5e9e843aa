// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Tests.Vault.Support;

/// <summary>Rows as a test lists them.</summary>
internal sealed class ListedIdentity : IIdentity
{
    private readonly List<(long Version, IntakeRow Row)> _rows = [];

    public long Version { get; private set; }

    public void Add(
        string network, string line, long fromMs, long untilMs = long.MaxValue, ushort portFrom = 0,
        ushort portTo = ushort.MaxValue, UInt128? id = null) =>
            _rows.Add((++Version, new IntakeRow(
                id ?? (UInt128)Version, Prefix.Parse(network), portFrom, portTo, fromMs, untilMs,
                new SubscriberLineName(line))));

    public IdentityAnswer WhoHad(IpKey address, ushort? port, long atMs, byte protocol = 0)
    {
        var rows = _rows.Select(r => r.Row)
            .Where(r => r.Network.Contains(address) && r.FromMs <= atMs && atMs < r.UntilMs).ToList();
        if (port is null && rows.Exists(r => r.PortTo - r.PortFrom < ushort.MaxValue))
        {
            return new IdentityAnswer.None(Unattributable.CgnatNeedsPort);
        }

        return rows.Find(r => r.PortFrom <= (port ?? 0) && (port ?? 0) <= r.PortTo) is { Line.Text: not null } row
            ? new IdentityAnswer.Line(row.Line, row.FromMs, row.UntilMs, IdentitySource.Dhcp, true)
            : new IdentityAnswer.None(Unattributable.NoLease);
    }

    public IEnumerable<IntakeRow> IntakeRows(long sinceVersion, out long version)
    {
        version = Version;
        return [.. _rows.Where(r => r.Version > sinceVersion).Select(r => r.Row)];
    }

    public IEnumerable<IntakeRow> HeldBy(SubscriberLineName line) =>
        _rows.Select(r => r.Row).Where(r => r.Line == line);
}
