// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Configuration;

/// <summary>A setting whose value cannot be used here: one sentence naming the setting, the thing and the fix.
/// </summary>
/// <param name="message">The sentence.</param>
/// <param name="isUnreadable">Something that it names cannot be read.</param>
public sealed class ConfigurationException(string message, bool isUnreadable = false) : Exception(message)
{
    /// <summary>Something that the setting names cannot be read.</summary>
    public bool IsUnreadable => isUnreadable;
}
