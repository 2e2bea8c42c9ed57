// What a build is, for code that is made from the same schema but arrives as another file: JavaScript, its addon and its module.
#pragma once

#include <string>

namespace sensorium {

// The version, and a checksum of what the schema names: "0.1.0-9e3779b9". Two builds of which it is the same understand each other's
// options, columns, figures and events.
std::string identity();

}  // namespace sensorium
