// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Sections;

/// <summary>Policy profiles (rules.md).</summary>
public enum Profile
{
    UsProvider,
    EuProvider,
    Lab,
}
