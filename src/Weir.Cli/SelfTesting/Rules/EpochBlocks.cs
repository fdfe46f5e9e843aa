// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Cli.SelfTesting.Rules;

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
