// SPDX-License-Identifier: Apache-2.0
//
// What stands in where no vault is configured: the keys lie with the collector, so nothing is sealed, nobody is
// disclosed, and an address is its own subject. Good for the lab and for a trial; a provider runs `weir vault`.
using Weir.Cli.Processes;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Wire;

namespace Weir.Cli.Serving;

/// <summary>A vault's part without a vault. <paramref name="keys"/> is null in the lab profile.</summary>
internal sealed class LocalVault(IEpochKeySource? keys, NetworkTable networks) : IVault
{
    public Task SealAsync(ScopeOrder order, CancellationToken cancel) => Task.CompletedTask;

    public Task DestroyAsync(CaseId id, CancellationToken cancel) => Task.CompletedTask;

    public Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
        IReadOnlyCollection<CaseId> cases, uint epoch, CancellationToken cancel) =>
            Task.FromResult<IReadOnlyDictionary<CaseId, SubjectKey>>(new Dictionary<CaseId, SubjectKey>());

    public Task<SubjectKey?> AttributeAsync(ReportedTraffic report, CancellationToken cancel)
    {
        var (address, at) = (report.Address, report.At);
        if (networks.Find(address) is not { Excluded: false, Attribution: SubscriberMapping.Static } network)
        {
            return Task.FromResult<SubjectKey?>(null);
        }

        var block = new IpKey(address.Bits & network.SubjectMask);
        try
        {
            return Task.FromResult<SubjectKey?>(keys is null
                ? new SubjectKey(block.Bits)
                : Pseudonymizer.UnderKeyOf(keys, Epochs.At(at)).Pseudonymize(block));
        }
        catch (EpochKeyException)
        {
            return Task.FromResult<SubjectKey?>(null);
        }
    }

    public Task<Disclosure> DiscloseAsync(DisclosureOrder order, CancellationToken cancel) =>
        throw new VaultDownException(
            "no vault is configured, so nobody can be disclosed; run `weir vault` and set vault.socket");
}

/// <summary>From a pseudonym to the block that the shards know, under the keys in memory.</summary>
internal sealed class EpochBlocks(IEpochKeySource? keys) : ISubjectBlocks
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, Pseudonymizer> _known = [];

    public IpKey? BlockOf(SubjectKey subject, uint epoch)
    {
        if (keys is null)
        {
            return new IpKey(subject.Pseudonym);
        }

        lock (_lock)
        {
            try
            {
                if (!keys.Has(epoch))
                {
                    _ = _known.Remove(epoch);
                    return null;
                }

                if (!_known.TryGetValue(epoch, out var names))
                {
                    _known[epoch] = names = Pseudonymizer.UnderKeyOf(keys, epoch);
                }

                return names.Resolve(subject);
            }
            catch (EpochKeyException)
            {
                return null;
            }
        }
    }
}
