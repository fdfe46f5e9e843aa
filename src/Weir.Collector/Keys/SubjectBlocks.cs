// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Collector.Keys;

/// <summary>The way back from a pseudonym to the block of addresses, or the line's number, that the shards know. What
/// comes out stays in memory. Safe for any thread.</summary>
/// <param name="keys">Keys of epochs; null where subjects stay in clear.</param>
/// <param name="networks">What is no subject of these is refused: it was named under another key.</param>
internal sealed class SubjectBlocks(IEpochKeySource? keys, NetworkTable networks)
{
    /// <summary>Finds the block.</summary>
    /// <param name="subject">Pseudonym.</param>
    /// <param name="epoch">Whose key it is under.</param>
    /// <param name="block">What the shards call the subject.</param>
    /// <returns>An empty code where it is found; else why not.</returns>
    public string Resolve(SubjectKey subject, uint epoch, out IpKey block)
    {
        block = default;
        if (keys is null)
        {
            block = new IpKey(subject.Pseudonym);
        }
        else
        {
            try
            {
                using var names = Pseudonymizer.UnderKeyOf(keys, epoch);
                block = names.Resolve(subject);
            }
            catch (EpochKeyException)
            {
                return SubjectFaults.NoKey;
            }
        }

        return SubscriberLineId.IsLine(block) || networks.Find(block) is { Excluded: false }
            ? "" : SubjectFaults.NoSubject;
    }
}

/// <summary>Why a pseudonym leads to no subject of ours.</summary>
internal static class SubjectFaults
{
    /// <summary>The key of its epoch is not at hand: not yet, or no more.</summary>
    public const string NoKey = "no-key";

    /// <summary>What it leads to is none of our subjects: it is not of that epoch.</summary>
    public const string NoSubject = "no-such-subject";
}
