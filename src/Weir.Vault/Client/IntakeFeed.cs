// SPDX-License-Identifier: Apache-2.0
//
// Keeps the lanes' intake table as the vault has it: asks for what changed, builds a table aside and swaps it. A table
// is believed for a few minutes after it was last confirmed; then its flows are nobody's, since a lease that is open
// here may have gone to somebody else while the vault was silent.
using System.Globalization;
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;
using Weir.Vault.Serving;

namespace Weir.Vault.Client;

/// <summary>Refreshes an <see cref="CurrentIntakeTable"/>. For one thread.</summary>
public sealed class IntakeFeed(VaultClient vault, CurrentIntakeTable holder, TimeProvider time)
{
    /// <summary>How long a table is believed without the vault's word.</summary>
    public static readonly TimeSpan Believed = TimeSpan.FromMinutes(5);

    /// <summary>How long after its end a row is kept: flows come late.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private readonly Dictionary<UInt128, AddressAssignment> _rows = [];
    private string _instance = "";
    private long _version;
    private string _fault = "the vault was not asked yet";

    /// <summary>Why the latest question failed; empty where it did not.</summary>
    public string Fault => Volatile.Read(ref _fault);

    public int Rows => _rows.Count;

    /// <summary>Asks once.</summary>
    /// <returns>Whether the vault answered.</returns>
    public async Task<bool> RefreshAsync(CancellationToken cancel)
    {
        var asked = time.GetUtcNow();
        try
        {
            var changed = await ReadAsync(cancel);
            holder.Swap(changed ? Build(asked) : holder.Table, (asked + Believed).ToUnixTimeMilliseconds());
            Volatile.Write(ref _fault, "");
            return true;
        }
        catch (Exception failure)
            when (failure is VaultDownException or VaultRefusedException or IOException or HttpRequestException)
        {
            // What came half is asked for again: the version has not moved.
            Volatile.Write(ref _fault, failure.Message);
            return false;
        }
    }

    private async Task<bool> ReadAsync(CancellationToken cancel)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"v1/intake?instance={_instance}&after={_version}");
        using var answer = await vault.Channel.AnswerAsync(new HttpRequestMessage(HttpMethod.Get, path), cancel);
        var whole = Header(answer, IntakeHeaders.Whole) == "1";
        if (whole)
        {
            _rows.Clear();
            _version = 0;
        }

        var changed = whole;
        await using var body = await answer.Content.ReadAsStreamAsync(cancel);
        var row = new byte[IntakeEntry.Octets];
        while (await body.ReadAtLeastAsync(row, row.Length, throwOnEndOfStream: false, cancel) is > 0 and var read)
        {
            if (read < row.Length)
            {
                throw new IOException("the vault's intake table ends in the middle of a row");
            }

            var entry = IntakeEntry.Read(row);
            changed = true;
            if (entry.Lease.IsValid)
            {
                _rows[entry.Id] = entry.Lease;
            }
            else
            {
                _rows.Remove(entry.Id);
            }
        }

        _instance = Header(answer, IntakeHeaders.Instance);
        _version = long.Parse(Header(answer, IntakeHeaders.Version), CultureInfo.InvariantCulture);
        return changed;
    }

    private IntakeTable Build(DateTimeOffset now)
    {
        var oldest = (now - Kept).ToUnixTimeMilliseconds();
        foreach (var (id, lease) in _rows)
        {
            if (lease.UntilMs < oldest)
            {
                _rows.Remove(id);
            }
        }

        return IntakeTable.From(_rows.Values);
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.First() : "";
}
